import { Injectable } from '@nestjs/common';
import {
  endRun,
  explainWaiting,
  findPlan,
  newestEpoch,
  openBackups,
  queueRun,
  waitingBackups,
  type Ledger,
  type PlanRow,
  type RunRow,
} from '@periodic-backup/ledger';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { AgentQueues } from './agent-queues.js';
import { buildRunJob } from './build-run-job.js';
import { chooseOffers, type Surroundings } from './choose-offers.js';
import { PresenceReader } from './presence-reader.js';

const PAGE = 500;
const OVERDUE_MS = 60_000;

/** Something to be decided about a plan before its waiting run is looked at. */
export type Decision = (transaction: Ledger, changed: NoteChange) => Promise<void>;

const nothing: Decision = () => Promise.resolve();

/** Sends waiting runs to their agents: first the row, committed, then the job; a crash in between is repaired. */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly presence: PresenceReader,
    private readonly queues: AgentQueues,
  ) {}

  /**
   * Sends the waiting run of a plan now if it can go, else says why not. Safe to repeat and to call at any time.
   * `before` is decided first, in the same transaction; it is decided even if Redis is away.
   */
  async dispatch(planId: string, before: Decision = nothing): Promise<void> {
    const plan = await findPlan(this.runtime.ledger, planId);
    if (!plan) return;
    let surroundings: Surroundings;
    try {
      surroundings = await this.presence.around(plan.agentId);
    } catch (error) {
      await this.decisions.take(planId, before);
      throw error;
    }
    await this.#dispatch(plan.id, surroundings, before);
  }

  /** Looks at every waiting run whose time has come. Costs a transaction only for those that something changes for. */
  async dispatchAll(): Promise<void> {
    const now = new Date();
    const surroundingsOf = this.runtime.redisIsThere ? await this.#surroundings() : null;
    let overdue = 0;
    for (let after: RunRow | null = null; ;) {
      const page = await waitingBackups(this.runtime.ledger, { now, after, limit: PAGE });
      for (const { run, plan, blocked } of page) {
        if (now.getTime() - run.scheduledFor.getTime() > OVERDUE_MS) overdue++;
        if (blocked) continue;
        const surroundings = surroundingsOf?.(run.agentId);
        if (!surroundings)
          this.decisions.note(await explainWaiting(this.runtime.ledger, run.id, 'Redis is not reachable.'));
        else if (!staysAsItIs(run, plan, surroundings)) await this.#dispatch(run.planId, surroundings);
      }
      if (page.length < PAGE) break;
      after = page.at(-1)!.run;
    }
    this.runtime.metrics.overduePlans.set(overdue);
  }

  /** Puts the job of a queued run on its agent's queue (again). Resolves with false if it cannot be sent now. */
  async sendAgain(plan: PlanRow, run: RunRow): Promise<boolean> {
    const choice = chooseOffers(plan, await this.presence.around(plan.agentId));
    if ('waitsFor' in choice) return false;
    const now = new Date();
    await this.queues.add(
      run,
      buildRunJob(plan, run, choice.receivers, { ticketKey: this.runtime.ticketKey, now }),
    );
    return true;
  }

  async #surroundings(): Promise<(agentId: string) => Surroundings> {
    const [agents, receivers] = await Promise.all([this.presence.agents(), this.presence.receivers()]);
    return (agentId) => ({ agent: agents.get(agentId) ?? null, receivers });
  }

  async #dispatch(planId: string, surroundings: Surroundings, before: Decision = nothing): Promise<void> {
    const now = new Date();
    const sent = await this.decisions.take(planId, async (transaction, changed) => {
      await before(transaction, changed);
      return this.#decide(transaction, planId, surroundings, now, changed);
    });
    if (sent) await this.queues.add(sent.run, sent.job);
  }

  async #decide(
    transaction: Ledger,
    planId: string,
    surroundings: Surroundings,
    now: Date,
    changed: NoteChange,
  ): Promise<{ run: RunRow; job: ReturnType<typeof buildRunJob> } | null> {
    const plan = await findPlan(transaction, planId);
    const { active, waiting } = await openBackups(transaction, planId);
    if (!plan || !waiting) return null;
    const withdrawn = whyWithdrawn(plan, waiting);
    if (withdrawn) {
      changed(await endRun(transaction, waiting.id, { state: 'cancelled', reason: withdrawn }));
      return null;
    }
    if (active || (waiting.notBefore && waiting.notBefore > now)) return null;
    const choice = chooseOffers(plan, surroundings);
    if ('waitsFor' in choice) {
      changed(await explainWaiting(transaction, waiting.id, choice.waitsFor));
      return null;
    }
    // Strictly above every earlier attempt, also after the clock was set back.
    const epoch = Math.max(now.getTime(), (await newestEpoch(transaction, planId)) + 1);
    const run = await queueRun(transaction, { runId: waiting.id, epoch }, now);
    changed(run);
    if (!run) return null;
    const job = buildRunJob(plan, run, choice.receivers, { ticketKey: this.runtime.ticketKey, now });
    return { run, job };
  }
}

/** Why a waiting run is not wanted any more, or null. A run that was begun is finished even while its plan is paused. */
function whyWithdrawn(plan: PlanRow, waiting: RunRow): string | null {
  if (plan.deletedAt) return 'The plan was deleted.';
  if (plan.pausedAt && waiting.trigger === 'schedule' && waiting.attempts === 0)
    return 'The plan was paused.';
  return null;
}

function staysAsItIs(run: RunRow, plan: PlanRow, surroundings: Surroundings): boolean {
  if (whyWithdrawn(plan, run)) return false;
  const choice = chooseOffers(plan, surroundings);
  return 'waitsFor' in choice && choice.waitsFor === run.reason;
}
