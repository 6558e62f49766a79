import type { CredentialsFolder } from './credentials-folder.js';
import { refreshCredentials } from './renewal.js';

const LOOK_EVERY_MS = 3_600_000;

export interface KeeperEvents {
  /** What `load()` gives has changed. */
  readonly changed: (what: { readonly redisMoved: boolean }) => void;
  /** It could not be asked; it is again in an hour. */
  readonly failed: (error: Error) => void;
}

/** Keeps the credentials of a joined member fresh: asks the control plane at once and then every hour, until closed. */
export class CredentialsKeeper {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly folder: CredentialsFolder,
    private readonly about: { readonly hostname: string; readonly version: string },
    private readonly events: KeeperEvents,
  ) {}

  start(): void {
    if (this.folder.load().fleet === null) return;
    void this.look();
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Never throws. */
  async look(): Promise<void> {
    try {
      const before = this.folder.load().redis?.url;
      if (!(await refreshCredentials(this.folder, this.about))) return;
      this.events.changed({ redisMoved: this.folder.load().redis?.url !== before });
    } catch (error) {
      this.events.failed(error as Error);
    }
  }
}
