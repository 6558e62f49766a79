import { ProblemError } from '../http/problem.js';

/** A number of places; who comes when all are taken waits a little, in order. */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(
    places: number,
    private readonly patienceMs: number,
  ) {
    this.#free = places;
  }

  /** Resolves with a place taken. @throws ProblemError 503 if none is free in time or `signal` was raised */
  async enter(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const leave = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
      };
      const giveUp = (): void => {
        leave();
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new ProblemError(503, 'Too many snapshots are read through this API right now: try again.'));
      };
      const enter = (): void => {
        leave();
        resolve();
      };
      const timer = setTimeout(giveUp, this.patienceMs);
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.push(enter);
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}
