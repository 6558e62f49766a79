import type { LiveEvent, RunProgress } from '@periodic-backup/contracts';

/** Runs whose progress is kept; more at once have no page that shows them all. */
const MAX_RUNS = 10_000;
/** Agents tell of a run twice a second as long as it lives. */
const STALE_MS = 60_000;

/** The last progress of every run under way: who opens a page in the middle of one sees it at once. */
export class LatestProgress {
  readonly #byRun = new Map<string, { readonly progress: RunProgress; readonly heardAt: number }>();

  hear(event: LiveEvent): void {
    if (event.type === 'run') {
      if (event.state !== 'running') this.#byRun.delete(event.runId);
      return;
    }
    // Deleted first, so that the one told of longest ago is always the first.
    this.#byRun.delete(event.runId);
    this.#byRun.set(event.runId, { progress: event, heardAt: performance.now() });
    const [oldest] = this.#byRun.keys();
    if (this.#byRun.size > MAX_RUNS && oldest !== undefined) this.#byRun.delete(oldest);
  }

  of(runId: string): RunProgress | null {
    const known = this.#byRun.get(runId);
    return known && performance.now() - known.heardAt < STALE_MS ? known.progress : null;
  }

  /** Oldest news first. */
  all(): RunProgress[] {
    return [...this.#byRun.keys()].flatMap((runId) => this.of(runId) ?? []);
  }
}
