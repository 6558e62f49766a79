import { Injectable } from '@nestjs/common';
import { nextDueTime } from '@periodic-backup/contracts';
import { plansWithLastTick, type PlanTerms } from '@periodic-backup/ledger';
import { DueTicks, owedUntil } from '../due/due-ticks.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { DueWatch } from './due-watch.js';

const PAGE = 500;

/** Finds plans that owe a run for a due time that no trigger told us of. */
@Injectable()
export class OverdueTicks {
  readonly #watch = new DueWatch();

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly dueTicks: DueTicks,
  ) {}

  /** `plans`: all live ones. */
  async findAndHonour(plans: readonly PlanTerms[]): Promise<void> {
    const now = new Date();
    const open = this.#watch.open(plans, now);
    for (let start = 0; start < open.length; start += PAGE) {
      const page = new Map(open.slice(start, start + PAGE).map((terms) => [terms.id, terms]));
      for (const { plan, lastTick } of await plansWithLastTick(this.runtime.ledger, [...page.keys()])) {
        if (owedUntil(plan, lastTick, now)) await this.dueTicks.honour(plan.id, now);
        this.#watch.settle(page.get(plan.id)!, nextDueTime(plan.schedule, now));
      }
    }
  }
}
