import { Injectable } from '@nestjs/common';
import { plansWithLastTick } from '@periodic-backup/ledger';
import { DueTicks, owedUntil } from '../due/due-ticks.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

const PAGE = 500;

/** Finds plans that owe a run for a due time that no trigger told us of. */
@Injectable()
export class OverdueTicks {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly dueTicks: DueTicks,
  ) {}

  async findAndHonour(): Promise<void> {
    const now = new Date();
    for (let afterId: string | null = null; ;) {
      const page = await plansWithLastTick(this.runtime.ledger, { afterId, limit: PAGE });
      for (const { plan, lastTick } of page)
        if (owedUntil(plan, lastTick, now)) await this.dueTicks.honour(plan.id, now);
      if (page.length < PAGE) return;
      afterId = page.at(-1)!.plan.id;
    }
  }
}
