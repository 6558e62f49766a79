import type { AgentTaskJob, CancelJob, RunJob } from '@periodic-backup/contracts';
import type { Logger } from '@periodic-backup/platform';
import type { JobGate } from '../checks/job-gate.js';
import type { RunReports } from '../reports/run-reports.js';
import type { RunEnd } from '../run/run-backup.js';
import { ActiveRun } from './active-run.js';
import { attemptOf, type RunTask, type TaskExecutor } from './run-task.js';

/** Attempts remembered as ended, and runs as cancelled before they began. */
const REMEMBERED = 1000;

/**
 * The runs of this agent. Each runs at most once at a time, however often its job arrives: a repeated job joins
 * the run under way, and one whose end is known is not run again.
 */
export class AgentRuns {
  readonly #active = new Map<string, { run: ActiveRun; ended: Promise<void> }>();
  readonly #endedAttempts = new Set<string>();
  readonly #cancelledEarly = new Set<string>();
  #stopping = false;

  constructor(
    private readonly executor: TaskExecutor,
    private readonly reports: RunReports,
    private readonly logger: Logger,
    private readonly gate: Pick<JobGate, 'letsRun' | 'letsCancel'>,
    private readonly onEnd: (end: RunEnd) => void = () => undefined,
  ) {}

  get runIds(): string[] {
    return [...this.#active.keys()];
  }

  /** Resolves once the run has ended and its end is on its way to the scheduler. Safe to repeat. */
  async take(job: RunJob | AgentTaskJob): Promise<void> {
    if (!this.gate.letsRun(job)) return;
    const task: RunTask = 'taskOrder' in job ? { kind: 'task', job } : { kind: 'run', job };
    const { runId, epoch } = attemptOf(task);
    if (this.#endedAttempts.has(attemptKey(runId, epoch)) || this.reports.hasEnd(runId, epoch))
      return this.reports.deliver();
    await this.#start(task);
  }

  /** Finishes the rule of a run that was committed before the agent stopped. */
  async resumeRule(order: RunJob['order']): Promise<void> {
    await this.#start({ kind: 'rule', order });
  }

  /** Ends a run for good; one that waits in the queue ends as soon as it is taken. */
  cancel(job: CancelJob): void {
    if (!this.gate.letsCancel(job)) return;
    const { runId } = job;
    const active = this.#active.get(runId);
    if (active) active.run.flag.cancel();
    else remember(this.#cancelledEarly, runId);
  }

  /** Ends every run so that another attempt resumes it; resolves when all have told their end. */
  async stopAll(): Promise<void> {
    this.#stopping = true;
    for (const { run } of this.#active.values()) run.flag.stop();
    await Promise.all([...this.#active.values()].map(({ ended }) => ended));
  }

  #start(task: RunTask): Promise<void> {
    const name = attemptOf(task);
    const known = this.#active.get(name.runId);
    if (known) {
      known.run.epoch = Math.max(known.run.epoch, name.epoch);
      return known.ended;
    }
    const run = new ActiveRun(name, this.reports.of(task));
    if (this.#cancelledEarly.has(name.runId)) run.flag.cancel();
    if (this.#stopping) run.flag.stop();
    const ended = this.#do(task, run).finally(() => this.#active.delete(name.runId));
    this.#active.set(name.runId, { run, ended });
    return ended;
  }

  async #do(task: RunTask, run: ActiveRun): Promise<void> {
    const { runId, planId } = attemptOf(task);
    const startedAt = performance.now();
    run.start();
    let end: RunEnd;
    try {
      end = await this.executor.execute(task, run, run.flag);
    } finally {
      run.end();
    }
    remember(this.#endedAttempts, attemptKey(runId, run.epoch));
    this.onEnd(end);
    const durationMs = Math.round(performance.now() - startedAt);
    const { error, counts } = end;
    if (error) this.logger.warn({ runId, planId, durationMs, code: error.code }, error.message);
    else
      this.logger.info(
        { runId, planId, durationMs, ...counts },
        task.kind === 'task' ? `${task.job.taskOrder.task.kind} done` : 'run committed',
      );
    await this.reports.of(task).ended(runId, run.epoch, end);
  }
}

function attemptKey(runId: string, epoch: number): string {
  return `${runId}.${epoch}`;
}

function remember(set: Set<string>, key: string): void {
  set.add(key);
  if (set.size > REMEMBERED) for (const oldest of set) return void set.delete(oldest);
}
