import { Injectable } from '@nestjs/common';
import type { RetentionSnapshot } from '@periodic-backup/contracts';
import {
  addTaskRun,
  findPlan,
  newestScheduledTask,
  openTasks,
  plansWithRetention,
  snapshotsForRetention,
  type Ledger,
  type PlanRow,
} from '@periodic-backup/ledger';
import { PlanDecisions } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { TaskDispatcher } from '../tasks/task-dispatcher.js';
import { prunable } from './prunable.js';
import { refusedLately } from './refused-lately.js';

/** As many as one task names; what is left goes in the next round. */
const MAX_SNAPSHOTS = 10_000;

/** Starts the removal of snapshots that the policies of their plans let go. Safe to repeat, and in several processes at once. */
@Injectable()
export class Retention {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly dispatcher: TaskDispatcher,
  ) {}

  async applyAll(): Promise<void> {
    for (const { id } of await plansWithRetention(this.runtime.ledger)) await this.apply(id);
  }

  /** Resolves when what a plan's policy lets go now, if anything, is a removal of its own. */
  async apply(planId: string): Promise<void> {
    if (!(await this.#toRemove(this.runtime.ledger, planId))) return;
    const added = await this.decisions.take(planId, async (transaction, changed) => {
      const wanted = await this.#toRemove(transaction, planId);
      if (!wanted) return null;
      const { plan, snapshots } = wanted;
      const run = await addTaskRun(transaction, {
        planId,
        agentId: plan.agentId,
        trigger: 'schedule',
        state: 'waiting',
        reason: null,
        scheduledFor: new Date(),
        task: { kind: 'prune', snapshots, keepOnlyCopies: plan.afterTransmit === 'move' },
      });
      changed(run);
      return run;
    });
    if (added) await this.dispatcher.dispatch(added.id);
  }

  async #toRemove(ledger: Ledger, planId: string): Promise<{ plan: PlanRow; snapshots: string[] } | null> {
    const plan = await findPlan(ledger, planId);
    if (!plan?.retention || plan.deletedAt || plan.pausedAt) return null;
    const present = await snapshotsForRetention(ledger, planId);
    const now = new Date();
    const wanted = prunable(plan, present, now);
    if (wanted.length === 0) return null;
    const { active, waiting } = await openTasks(ledger, planId, 'prune');
    if (active || waiting) return null;
    const refused = refusedLately(await newestScheduledTask(ledger, planId, 'prune'), newestOf(present), now);
    const snapshots = wanted.filter((snapshot) => !refused.has(snapshot)).slice(0, MAX_SNAPSHOTS);
    return snapshots.length === 0 ? null : { plan, snapshots };
  }
}

function newestOf(snapshots: readonly RetentionSnapshot[]): Date {
  return new Date(Math.max(...snapshots.map(({ committedAt }) => new Date(committedAt).getTime())));
}
