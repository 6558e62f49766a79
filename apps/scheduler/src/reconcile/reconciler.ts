import { Injectable } from '@nestjs/common';
import { RUN_EVENTS } from '@periodic-backup/contracts';
import { allPlanTerms, type PlanTerms } from '@periodic-backup/ledger';
import { writeQueueSettings } from '@periodic-backup/platform';
import type { OutageLog } from '../runtime/outage-log.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { TickTriggers } from '../ticks/tick-triggers.js';
import { OverdueTicks } from './overdue-ticks.js';
import { StrayRuns } from './stray-runs.js';
import { UnansweredRequests } from './unanswered-requests.js';

/** Brings Redis, and what is believed of agents, in line with the ledger. Safe in several processes at once. */
@Injectable()
export class Reconciler {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly triggers: TickTriggers,
    private readonly overdueTicks: OverdueTicks,
    private readonly requests: UnansweredRequests,
    private readonly strays: StrayRuns,
  ) {}

  /** Each step stands alone: what one cannot do now does not keep the others. */
  async reconcile(outages: OutageLog): Promise<void> {
    let plans: readonly PlanTerms[] | null = null;
    await outages.watch('overdue ticks', async () => {
      plans = await allPlanTerms(this.runtime.ledger);
      await this.overdueTicks.findAndHonour(plans);
    });
    // The others would wait for Redis, and the overdue ticks with them.
    if (!this.runtime.redisIsThere) return;
    await outages.watch('queue of reports', () => writeQueueSettings(RUN_EVENTS, this.runtime.producerRedis));
    await outages.watch('triggers', async () => {
      await this.triggers.alignAll(plans ?? (await allPlanTerms(this.runtime.ledger)));
    });
    await outages.watch('requests', () => this.requests.findAndAnswer());
    await outages.watch('stray runs', () => this.strays.findAndMend());
  }
}
