import { Injectable } from '@nestjs/common';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { DueTicks } from '../due/due-ticks.js';
import { ReportTaker } from '../events/report-taker.js';
import { RunRequests } from '../requests/run-requests.js';
import { TickTriggers } from '../ticks/tick-triggers.js';

/** What each kind of job leads to: the row first, then the agent's queue, without a round in between. */
@Injectable()
export class SchedulerJobs {
  constructor(
    private readonly dueTicks: DueTicks,
    private readonly dispatcher: Dispatcher,
    private readonly triggers: TickTriggers,
    private readonly requests: RunRequests,
    private readonly reports: ReportTaker,
  ) {}

  /** The row and its dispatch are one transaction; should dispatching fail, the reconciler still makes the row. */
  async tick(planId: string, at: Date): Promise<void> {
    const owed = { more: true };
    while (owed.more) {
      owed.more = false;
      await this.dispatcher.dispatch(planId, async (...decision) => {
        owed.more = (await this.dueTicks.decide(planId, at, ...decision)) === 'more';
      });
    }
  }

  /** Made, changed, paused, resumed or deleted: its trigger follows, and a waiting run may not be wanted any more. */
  async planChanged(planId: string): Promise<void> {
    await this.triggers.align(planId);
    // It may have come due before its trigger stood.
    await this.tick(planId, new Date());
  }

  request(requestId: string): Promise<void> {
    return this.requests.answer(requestId);
  }

  report(payload: unknown, jobId: string): Promise<void> {
    return this.reports.take(payload, jobId);
  }
}
