import { Injectable } from '@nestjs/common';
import {
  endRun,
  explainWaiting,
  findRun,
  openTasks,
  queueRun,
  waitingTasks,
  type Ledger,
  type RunRow,
} from '@periodic-backup/ledger';
import type { Surroundings } from '../dispatch/choose-offers.js';
import { PresenceReader } from '../dispatch/presence-reader.js';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { buildTaskJob, type TaskJob } from './build-task-job.js';
import { TaskQueues } from './task-queues.js';
import { readinessOf } from './task-readiness.js';
import { asTask, type TaskRun } from './task-run.js';

const PAGE = 500;

/** Sends waiting tasks to their agents and vaults: first the row, committed, then the job; a crash in between is repaired. */
@Injectable()
export class TaskDispatcher {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly presence: PresenceReader,
    private readonly queues: TaskQueues,
  ) {}

  /** Sends a waiting task now if it can go, else says why not. Safe to repeat and to call at any time. */
  async dispatch(runId: string): Promise<void> {
    const run = asTask(await findRun(this.runtime.ledger, runId));
    if (run?.state !== 'waiting') return;
    await this.#dispatch(run, await this.presence.around(run.agentId));
  }

  /** The task that waited behind one of its kind which has just ended, if there is one. */
  async dispatchNext({ planId, kind }: TaskRun): Promise<void> {
    if (kind === 'restore') return;
    const { waiting } = await openTasks(this.runtime.ledger, planId, kind);
    if (waiting) await this.dispatch(waiting.id);
  }

  /**
   * Looks at every waiting task whose time has come, the longest overdue first. Costs a transaction only for those that
   * something changes for.
   */
  async dispatchAll(): Promise<void> {
    const now = new Date();
    const { ledger, redisIsThere } = this.runtime;
    for (let after: RunRow | null = null; ;) {
      const page = await waitingTasks(ledger, { now, after, limit: PAGE });
      const agents = page.map(({ agentId }) => agentId);
      const around = page.length > 0 && redisIsThere ? await this.presence.aroundEach(agents) : null;
      for (const row of page) {
        const run = asTask(row);
        if (!run) continue;
        if (around) await this.#look(run, around(run.agentId));
        else this.decisions.note(await explainWaiting(ledger, run.id, 'Redis is not reachable.'));
      }
      if (page.length < PAGE) return;
      after = page.at(-1)!;
    }
  }

  /** Puts the job of a queued task on its queue (again). Resolves with false if it cannot be sent now. */
  async sendAgain(run: TaskRun): Promise<boolean> {
    const now = new Date();
    const surroundings = await this.presence.around(run.agentId);
    const readiness = await readinessOf(this.runtime.ledger, run, surroundings, now);
    if (readiness.kind !== 'go') return false;
    const { ticketKey } = this.runtime;
    await this.queues.add(run, buildTaskJob(run, readiness, { ticketKey, now, keyId: readiness.keyId }));
    return true;
  }

  async #look(run: TaskRun, surroundings: Surroundings): Promise<void> {
    const readiness = await readinessOf(this.runtime.ledger, run, surroundings, new Date());
    if (readiness.kind === 'wait' && readiness.reason === run.reason) return;
    await this.#dispatch(run, surroundings);
  }

  async #dispatch({ id, planId }: TaskRun, surroundings: Surroundings): Promise<void> {
    const sent = await this.decisions.take(planId, (transaction, changed) =>
      this.#decide(transaction, id, surroundings, changed),
    );
    if (sent) await this.queues.add(sent.run, sent.job);
  }

  async #decide(
    transaction: Ledger,
    runId: string,
    surroundings: Surroundings,
    changed: NoteChange,
  ): Promise<{ run: TaskRun; job: TaskJob } | null> {
    const now = new Date();
    const waiting = asTask(await findRun(transaction, runId));
    if (waiting?.state !== 'waiting' || (waiting.notBefore && waiting.notBefore > now)) return null;
    const readiness = await readinessOf(transaction, waiting, surroundings, now);
    if (readiness.kind === 'end') {
      changed(await endRun(transaction, runId, readiness.ending));
      return null;
    }
    if (readiness.kind === 'wait') {
      changed(await explainWaiting(transaction, runId, readiness.reason));
      return null;
    }
    // Strictly above every earlier attempt, also after the clock was set back.
    const epoch = Math.max(now.getTime(), waiting.epoch + 1);
    const run = asTask(await queueRun(transaction, { runId, epoch }, now));
    changed(run);
    const { ticketKey } = this.runtime;
    const { keyId } = readiness;
    return run && { run, job: buildTaskJob(run, readiness, { ticketKey, now, keyId }) };
  }
}
