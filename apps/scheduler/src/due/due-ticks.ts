import { Injectable } from '@nestjs/common';
import { dueTimesBetween, latestDueTime } from '@periodic-backup/contracts';
import {
  addRuns,
  endRun,
  findPlan,
  lastTick,
  openBackups,
  type Ledger,
  type PlanRow,
  type RunRow,
} from '@periodic-backup/ledger';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { decideTick } from './decide-tick.js';
import { spreadReason, startOf } from './start-spread.js';

const BATCH = 1000;

/** The due times a plan owes after its last tick: what has no row yet. Pure; the reconciler asks it for every plan. */
export function owedUntil(
  plan: PlanRow,
  lastTickAt: Date | null,
  now: Date,
): { after: Date; latest: Date } | null {
  if (plan.deletedAt) return null;
  const until = plan.pausedAt && plan.pausedAt < now ? plan.pausedAt : now;
  // Due times are owed from `dueFrom` on, that instant included.
  const after = new Date(Math.max(plan.dueFrom.getTime() - 1, lastTickAt?.getTime() ?? 0));
  const latest = latestDueTime(plan.schedule, until);
  return latest > after ? { after, latest } : null;
}

/**
 * Gives every due time of a plan its row, once, whoever asks and how often: the latest one a run, those before it,
 * which nobody took while they were due, the state `missed`.
 */
@Injectable()
export class DueTicks {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
  ) {}

  /** Resolves when nothing due at `now` is without a row. */
  async honour(planId: string, now: Date): Promise<void> {
    const decide = (...decision: [Ledger, NoteChange]) => this.decide(planId, now, ...decision);
    while ((await this.decisions.take(planId, decide)) === 'more');
  }

  /** Some of it within a transaction of somebody else's; `more` if it was too much for one. */
  async decide(
    planId: string,
    now: Date,
    transaction: Ledger,
    changed: NoteChange,
  ): Promise<'done' | 'more'> {
    const plan = await findPlan(transaction, planId);
    const owed = plan && owedUntil(plan, await lastTick(transaction, planId), now);
    if (!owed) return 'done';
    const takesLatest = plan.pausedAt === null;
    const missedUntil = takesLatest ? new Date(owed.latest.getTime() - 1) : owed.latest;
    const missed: Date[] = [];
    for (const due of dueTimesBetween(plan.schedule, owed.after, missedUntil)) {
      missed.push(due);
      if (missed.length === BATCH) break;
    }
    changed(...(await miss(transaction, plan, missed)));
    if (missed.length === BATCH) return 'more';
    if (takesLatest) await this.#takeTick(transaction, plan, owed.latest, changed);
    return 'done';
  }

  async #takeTick(
    transaction: Ledger,
    plan: PlanRow,
    scheduledFor: Date,
    changed: NoteChange,
  ): Promise<void> {
    const decision = decideTick(await openBackups(transaction, plan.id));
    if (decision.state === 'waiting' && decision.displaces) {
      const { runId, reason } = decision.displaces;
      changed(await endRun(transaction, runId, { state: 'missed', reason }));
    }
    const start = startOf(plan, scheduledFor, this.runtime.config.START_JITTER_SECONDS);
    const waits =
      decision.state === 'waiting' && start.getTime() > Date.now()
        ? { reason: decision.reason ?? spreadReason(start), notBefore: start }
        : { reason: decision.reason };
    const tick = { ...tickOf(plan), state: decision.state, ...waits, scheduledFor };
    changed(...(await addRuns(transaction, [tick])));
    this.runtime.metrics.tickLatenessSeconds.observe(Math.max(0, Date.now() - scheduledFor.getTime()) / 1000);
  }
}

function miss(transaction: Ledger, plan: PlanRow, dueTimes: readonly Date[]): Promise<RunRow[]> {
  const reason = 'The scheduler was not running when it was due.';
  return addRuns(
    transaction,
    dueTimes.map((scheduledFor) => ({ ...tickOf(plan), state: 'missed', reason, scheduledFor })),
  );
}

function tickOf({ id, agentId }: PlanRow): { planId: string; agentId: string; trigger: 'schedule' } {
  return { planId: id, agentId, trigger: 'schedule' };
}
