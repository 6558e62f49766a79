import { Injectable } from '@nestjs/common';
import type { ReceiverView } from '@periodic-backup/contracts';
import { Presence } from '../connections/presence.js';
import { LauncherLink } from '../launcher/launcher-link.js';

/** Receivers as people see them: what they announce, and whether this installation started them. */
@Injectable()
export class ReceiverViews {
  constructor(
    private readonly presence: Presence,
    private readonly launcher: LauncherLink,
  ) {}

  /** By id. @throws ProblemError 503 while Redis is away */
  async all(): Promise<ReceiverView[]> {
    const [announced, state] = await Promise.all([this.presence.receivers(), this.launcher.state()]);
    const startedHere = new Set(state?.furtherReceivers.map(({ receiverId }) => receiverId));
    return announced
      .map(({ presence: { vaultPublicKey: _key, ...view }, online }) => ({
        ...view,
        online,
        startedHere: startedHere.has(view.receiverId),
      }))
      .sort((a, b) => (a.receiverId < b.receiverId ? -1 : 1));
  }
}
