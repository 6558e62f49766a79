import type { SessionError } from '@periodic-backup/protocol';
import { waitAtMost } from '../operations/wait-at-most.js';
import type { SessionWire } from './session-wire.js';

const BEAT_MS = 1_000;
/** Sessions that were told to end have this long to let go of what they hold. */
const LETTING_GO_MS = 2_000;

/** All sessions of this receiver, of whatever kind: keeps their peers awake and ends them when it stops. */
export class OpenSessions {
  readonly #wires = new Set<SessionWire>();
  readonly #beat = setInterval(() => this.#wires.forEach((wire) => wire.keepAwake()), BEAT_MS);

  add(wire: SessionWire): void {
    this.#wires.add(wire);
    void wire.closed.then(() => this.#wires.delete(wire));
  }

  /** Resolves when none runs any more. Those that run at the deadline are told this error, and resume elsewhere. */
  async drain(deadlineMs: number, error: SessionError): Promise<void> {
    if (await this.#allClosedWithin(deadlineMs)) return;
    for (const wire of this.#wires) wire.fail(error);
    if (await this.#allClosedWithin(LETTING_GO_MS)) return;
    for (const wire of this.#wires) wire.abandon(error);
  }

  stop(): void {
    clearInterval(this.#beat);
  }

  #allClosedWithin(deadlineMs: number): Promise<boolean> {
    return waitAtMost(Promise.all([...this.#wires].map((wire) => wire.closed)), deadlineMs);
  }
}
