/// <reference lib="es2024.sharedmemory" />
import { SessionError } from '@periodic-backup/protocol';

const GOES_ON = 0;
const CANCELLED = 1;
const STOPPING = 2;

/** A wish to end a run, shared between the main thread and the thread of the run. */
export class CancelFlag {
  readonly #cell: Int32Array;

  /** Pass the memory of another thread's flag to see what it sees. */
  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(4)) {
    this.#cell = new Int32Array(memory);
  }

  /** A person gave up: the run ends, not to be tried again. */
  cancel(): void {
    this.#raise(CANCELLED);
  }

  /** The agent stops: the run ends, to be resumed by another attempt. */
  stop(): void {
    this.#raise(STOPPING);
  }

  /** @throws SessionError CANCELLED or CONNECTION_LOST once the flag is raised */
  check(): void {
    const error = this.error;
    if (error) throw error;
  }

  get error(): SessionError | null {
    switch (Atomics.load(this.#cell, 0)) {
      case GOES_ON:
        return null;
      case CANCELLED:
        return new SessionError('CANCELLED', 'The run was cancelled. What was sent stays for the next run.');
      default:
        return new SessionError(
          'CONNECTION_LOST',
          'The agent is stopping; the next attempt resumes the run.',
        );
    }
  }

  get isStopping(): boolean {
    return Atomics.load(this.#cell, 0) === STOPPING;
  }

  /** Resolves once the flag is raised; never otherwise. */
  async raised(): Promise<void> {
    const wait = Atomics.waitAsync(this.#cell, 0, GOES_ON);
    if (wait.async) await wait.value;
  }

  #raise(value: number): void {
    Atomics.compareExchange(this.#cell, 0, GOES_ON, value);
    Atomics.notify(this.#cell, 0);
  }
}
