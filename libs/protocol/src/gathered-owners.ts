import { SessionError } from './errors.js';
import { FRAME } from './frame.js';
import { OwnersMessage, readMessage } from './messages.js';
import { SESSION_LIMITS } from './session-limits.js';
import type { Owners } from './snapshot-sink.js';

/** The names of owners that come before OPENED, in as many frames as they need. SPEC.md §8. */
export class GatheredOwners {
  private users: Record<string, string> = {};
  private groups: Record<string, string> = {};
  private bytes = 0;

  /** @throws SessionError BAD_FRAME, FLOOD */
  add(payload: Buffer): void {
    this.bytes += payload.length;
    if (this.bytes > SESSION_LIMITS.ownerBytes)
      throw new SessionError(
        'FLOOD',
        `The server sent more than ${SESSION_LIMITS.ownerBytes} bytes of OWNERS.`,
      );
    const { users, groups } = readMessage(FRAME.OWNERS, payload, OwnersMessage);
    Object.assign(this.users, users);
    Object.assign(this.groups, groups);
  }

  /** Everything since the last take. */
  take(): Owners {
    const { users, groups } = this;
    this.users = {};
    this.groups = {};
    this.bytes = 0;
    return { users, groups };
  }
}
