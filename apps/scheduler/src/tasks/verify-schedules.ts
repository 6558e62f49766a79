import { Injectable } from '@nestjs/common';
import { latestDueTime, nextDueTime } from '@periodic-backup/contracts';
import {
  addTaskRun,
  allPlanTerms,
  verifyHistories,
  verifyHistoryOf,
  type VerifyHistory,
} from '@periodic-backup/ledger';
import { PlanDecisions } from '../live/plan-decisions.js';
import { DueWatch } from '../reconcile/due-watch.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

const PAGE = 500;

/**
 * The due time that a plan owes a verification for, or null. Owed from the plan's last change on, so that a schedule
 * set today does not count yesterday; not before there was something to verify.
 */
export function verifyDueAt({ plan, lastVerify, oldestSnapshot }: VerifyHistory, now: Date): Date | null {
  const { verifySchedule, pausedAt, deletedAt, dueFrom, updatedAt } = plan;
  if (!verifySchedule || pausedAt || deletedAt || !oldestSnapshot) return null;
  const due = latestDueTime(verifySchedule, now);
  const owed = due >= dueFrom && due >= updatedAt && (!lastVerify || due > lastVerify);
  return owed && due >= oldestSnapshot ? due : null;
}

/** Starts verifications that are due. Safe to repeat, and in several processes at once. */
@Injectable()
export class VerifySchedules {
  readonly #watch = new DueWatch();

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
  ) {}

  async honourDue(): Promise<void> {
    const now = new Date();
    const verified = (await allPlanTerms(this.runtime.ledger)).filter(
      (plan) => plan.verified && !plan.paused,
    );
    const open = this.#watch.open(verified, now);
    for (let start = 0; start < open.length; start += PAGE) {
      const page = new Map(open.slice(start, start + PAGE).map((terms) => [terms.id, terms]));
      for (const history of await verifyHistories(this.runtime.ledger, [...page.keys()])) {
        const { id, verifySchedule } = history.plan;
        if (verifyDueAt(history, now)) await this.#honour(id, now);
        if (verifySchedule) this.#watch.settle(page.get(id)!, nextDueTime(verifySchedule, now));
      }
    }
  }

  /** One that waits already is enough: it will read all that is there when it goes. */
  #honour(planId: string, now: Date): Promise<void> {
    return this.decisions.take(planId, async (transaction, changed) => {
      const history = await verifyHistoryOf(transaction, planId);
      const scheduledFor = history && verifyDueAt(history, now);
      if (!history || !scheduledFor) return;
      const run = {
        planId,
        agentId: history.plan.agentId,
        trigger: 'schedule' as const,
        state: 'waiting' as const,
        reason: null,
        scheduledFor,
      };
      changed(
        await addTaskRun(transaction, {
          ...run,
          task: { kind: 'verify', snapshots: null, bytesPerSecond: null },
        }),
      );
    });
  }
}
