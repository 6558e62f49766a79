import type { RunChanged } from '@periodic-backup/contracts/http';

/** Passes changes of runs on to whoever shows runs. */
export class RunNews {
  readonly #watchers = new Set<(change: RunChanged) => void>();

  take(change: RunChanged): void {
    for (const watcher of this.#watchers) watcher(change);
  }

  watch(watcher: (change: RunChanged) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}
