import type { RunCounts } from '@periodic-backup/contracts';
import { TransferRate } from '../reports/transfer-rate.js';
import type { AttemptReports } from '../reports/run-reports.js';
import { CancelFlag } from '../transfer/cancel-flag.js';
import { RunTally, type Progress } from '../transfer/run-tally.js';
import type { AttemptName, TaskListener } from './run-task.js';

const ALIVE_MS = 5_000;
/** Screens get at most two messages a second and run. */
const LIVE_MS = 500;

/** One run under way: tells that it lives, and takes the wish to end it. */
export class ActiveRun implements TaskListener {
  readonly flag = new CancelFlag();
  /** Of the newest attempt that waits for this run. */
  epoch: number;
  #counts: RunCounts = new RunTally(null).counts;
  readonly #rate = new TransferRate(performance.now());
  #liveAt = -Infinity;
  /** The newest progress that came too soon after the one before it. */
  #held: Progress | null = null;
  #alive: NodeJS.Timeout | undefined;

  constructor(
    private readonly name: AttemptName,
    private readonly reports: AttemptReports,
  ) {
    this.epoch = name.epoch;
  }

  start(): void {
    this.reports.started(this.name.runId, this.epoch);
    this.#alive = setInterval(() => this.reports.alive(this.name.runId, this.epoch, this.#counts), ALIVE_MS);
  }

  /** Whoever watched has seen the last progress. */
  end(): void {
    clearInterval(this.#alive);
    if (this.#held) this.#show(this.#held, performance.now());
  }

  connected(receiverId: string): void {
    this.reports.connected(this.name.runId, this.epoch, receiverId);
  }

  progress(progress: Progress, counts: RunCounts): void {
    this.#counts = counts;
    const now = performance.now();
    if (now - this.#liveAt < LIVE_MS) this.#held = progress;
    else this.#show(progress, now);
  }

  #show(progress: Progress, now: number): void {
    this.#held = null;
    this.#liveAt = now;
    const { runId, planId } = this.name;
    this.reports.progress({ type: 'progress', runId, planId, ...progress, ...this.#rate.see(progress, now) });
  }
}
