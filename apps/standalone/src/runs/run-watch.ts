import { setTimeout as delay } from 'node:timers/promises';
import { FINAL_RUN_STATES, type LiveEvent, type Run } from '@periodic-backup/contracts';
import { followLiveEvents, type ApiClient } from '@periodic-backup/api-client';
import type { Screen } from '../screen/screen.js';

const POLL_MS = 3000;
const PAGE = 200;
const SHOWN_PROBLEMS = 100;

/**
 * Tells the screen of every run that ends, once, and of the progress of those that live. Live events only say when
 * to look: the API's list of runs is what counts.
 */
export class RunWatch {
  readonly #ended = new Set<string>();
  readonly #open = new Set<string>();
  readonly #planNames = new Map<string, string>();
  readonly #waiting = new Map<string, (run: Run) => void>();
  #wake: () => void = () => undefined;
  #poked = false;

  constructor(
    private readonly api: ApiClient,
    private readonly screen: Screen,
    private readonly signal: AbortSignal,
  ) {
    signal.addEventListener('abort', () => this.#wake());
  }

  /** What ended before now is not news. */
  async begin(): Promise<void> {
    for (const run of await this.api.latestRuns(PAGE)) (isFinal(run) ? this.#ended : this.#open).add(run.id);
  }

  /** Watches until the signal. Resolves once live events have begun or the API refused them for now. */
  follow(): void {
    void followLiveEvents(
      this.api,
      this.signal,
      (event) => this.#onEvent(event),
      () => this.poke(),
    );
    void this.#pollForEver();
  }

  namePlan(planId: string, name: string): void {
    this.#planNames.set(planId, name);
  }

  /** Resolves with the run once it has ended. */
  ended(runId: string): Promise<Run> {
    this.#open.add(runId);
    return new Promise((resolve) => this.#waiting.set(runId, resolve));
  }

  /** Looks at once. */
  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  #onEvent(event: LiveEvent): void {
    switch (event.type) {
      case 'progress':
        if (!this.#ended.has(event.runId))
          this.screen.progress(this.#planNames.get(event.planId) ?? event.planId, event);
        break;
      case 'run':
        if (FINAL_RUN_STATES.some((state) => state === event.state)) this.poke();
        break;
    }
  }

  async #pollForEver(): Promise<void> {
    while (!this.signal.aborted) {
      this.#poked = false;
      try {
        await this.#poll();
      } catch {
        // The API is being restarted: the next round sees what this one missed.
      }
      if (this.#poked || this.signal.aborted) continue;
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      const rest = new AbortController();
      await Promise.race([woken, delay(POLL_MS, undefined, { signal: rest.signal }).catch(() => undefined)]);
      rest.abort();
    }
  }

  async #poll(): Promise<void> {
    const page = await this.api.latestRuns(PAGE);
    const listed = new Set(page.map((run) => run.id));
    const fallenOut = [...this.#open].filter((id) => !listed.has(id));
    const others = await Promise.all(fallenOut.map((id) => this.api.run(id)));
    const runs = [...page, ...others.filter((run) => run !== null)];
    for (const run of runs) this.#planNames.set(run.planId, run.planName);
    for (const run of runs) if (!isFinal(run)) this.#open.add(run.id);
    const news = runs.filter((run) => isFinal(run) && !this.#ended.has(run.id)).sort(byEnd);
    for (const { run, missedRuns } of foldMissed(news)) {
      const told = run.counts.filesFailed > 0 ? await this.api.runProblems(run.id, SHOWN_PROBLEMS) : [];
      this.screen.run(run, told, missedRuns);
    }
    for (const run of news) {
      this.#ended.add(run.id);
      this.#open.delete(run.id);
      this.#waiting.get(run.id)?.(run);
      this.#waiting.delete(run.id);
    }
    // A run that the page no longer lists cannot come up again.
    for (const id of this.#ended) if (!listed.has(id)) this.#ended.delete(id);
  }
}

/** Runs of one plan that were missed in a row become one: a night switched off is one line, not hundreds. */
export function foldMissed(runs: readonly Run[]): { run: Run; missedRuns: number }[] {
  const folded: { run: Run; missedRuns: number }[] = [];
  const lastOfPlan = new Map<string, { run: Run; missedRuns: number }>();
  for (const run of runs) {
    const last = lastOfPlan.get(run.planId);
    if (run.state === 'missed' && last?.run.state === 'missed') {
      last.run = run;
      last.missedRuns++;
      continue;
    }
    const item = { run, missedRuns: run.state === 'missed' ? 1 : 0 };
    lastOfPlan.set(run.planId, item);
    folded.push(item);
  }
  return folded;
}

const isFinal = (run: Run): boolean => FINAL_RUN_STATES.some((state) => state === run.state);

function byEnd(a: Run, b: Run): number {
  return (a.finishedAt ?? a.scheduledFor) < (b.finishedAt ?? b.scheduledFor) ? -1 : 1;
}
