import { Inject, Injectable } from '@nestjs/common';
import type { Task } from '@periodic-backup/contracts';
import { requestTask, type Ledger } from '@periodic-backup/ledger';
import { SchedulerBell } from '../connections/scheduler-bell.js';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError, notFound } from '../http/problem.js';

/** Takes wishes for runs that are no backups: writes them down and tells the scheduler. */
@Injectable()
export class TaskDesk {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly bell: SchedulerBell,
  ) {}

  /** @throws ProblemError 404 for a plan that nothing is known of, 409 while another such run of it waits */
  async accept(planId: string, task: Task): Promise<{ runId: string }> {
    const answer = await requestTask(this.ledger, planId, task);
    switch (answer.outcome) {
      case 'requested':
        this.bell.runRequested(answer.requestId);
        return { runId: answer.runId };
      case 'no-plan':
        throw notFound('plan', planId);
      case 'open':
        throw new ProblemError(
          409,
          answer.sameTask
            ? `Run ${answer.runId} does the same already.`
            : `Run ${answer.runId}, a ${task.kind} of this plan, waits already: one at a time waits. Ask again when it is under way.`,
          { instance: `/api/v1/runs/${answer.runId}` },
        );
    }
  }
}
