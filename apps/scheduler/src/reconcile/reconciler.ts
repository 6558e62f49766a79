import { Injectable } from '@nestjs/common';
import { livePlans } from '@periodic-backup/ledger';
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

  /** Each step stands alone: what one cannot do now, because Redis is away, does not keep the others. */
  async reconcile(): Promise<void> {
    await this.#step('overdue ticks', () => this.overdueTicks.findAndHonour());
    await this.#step('triggers', async () => this.triggers.alignAll(await livePlans(this.runtime.ledger)));
    await this.#step('requests', () => this.requests.findAndAnswer());
    await this.#step('stray runs', () => this.strays.findAndMend());
  }

  async #step(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.runtime.logger.warn({ step: name, error: (error as Error).message }, 'not reconciled; again soon');
    }
  }
}
