import type { RunProgress } from '@periodic-backup/contracts/http';

/** At most two a second for each run: faster than that nobody reads, and every one draws. */
const INTERVAL_MS = 500;
/** A run of which nothing was heard for so long is not moving, or its end was missed. */
const FORGET_MS = 60_000;

interface Held {
  shown: RunProgress;
  next: RunProgress | null;
  timer: ReturnType<typeof setTimeout> | undefined;
  heardAtMs: number;
}

/** The latest progress of each run, held back to a pace that can be drawn. */
export class ProgressStore {
  readonly #held = new Map<string, Held>();
  readonly #watchers = new Set<() => void>();

  take(progress: RunProgress): void {
    const held = this.#held.get(progress.runId);
    if (!held) {
      this.#held.set(progress.runId, {
        ...{ shown: progress, next: null, heardAtMs: performance.now() },
        timer: this.#later(progress.runId),
      });
      this.#tell();
      return;
    }
    held.heardAtMs = performance.now();
    if (held.timer === undefined) {
      held.shown = progress;
      held.timer = this.#later(progress.runId);
      this.#tell();
    } else held.next = progress;
  }

  /** The run has ended, or begins anew. */
  forget(runId: string): void {
    const held = this.#held.get(runId);
    if (!held) return;
    clearTimeout(held.timer);
    this.#held.delete(runId);
    this.#tell();
  }

  of(runId: string): RunProgress | null {
    const held = this.#held.get(runId);
    return held && performance.now() - held.heardAtMs < FORGET_MS ? held.shown : null;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  #later(runId: string): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      const held = this.#held.get(runId);
      if (!held) return;
      held.timer = undefined;
      if (!held.next) return;
      held.shown = held.next;
      held.next = null;
      held.timer = this.#later(runId);
      this.#tell();
    }, INTERVAL_MS);
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
