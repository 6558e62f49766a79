import { Injectable } from '@nestjs/common';
import {
  agentCancelQueue,
  agentQueue,
  type AgentTaskJob,
  type CancelJob,
  type RunJob,
} from '@periodic-backup/contracts';
import type { RunRow } from '@periodic-backup/ledger';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { cancelTicket } from './cancel-ticket.js';
import { JobQueues, type JobStanding } from './job-queues.js';

export type AttemptKey = Pick<RunRow, 'id' | 'epoch' | 'agentId'>;

/** The queues of the agents. The job id is the attempt's: adding it twice adds it once. */
@Injectable()
export class AgentQueues {
  constructor(
    private readonly queues: JobQueues,
    private readonly runtime: SchedulerRuntime,
  ) {}

  add(attempt: AttemptKey, job: RunJob | AgentTaskJob): Promise<void> {
    return this.queues.add(agentQueue(attempt.agentId), 'run', job, jobIdOf(attempt));
  }

  standing(attempt: AttemptKey): Promise<JobStanding> {
    return this.queues.standing(agentQueue(attempt.agentId), jobIdOf(attempt));
  }

  /** Takes a job back; `taken` if the agent has it already. */
  remove(attempt: AttemptKey): Promise<'removed' | 'taken'> {
    return this.queues.remove(agentQueue(attempt.agentId), jobIdOf(attempt));
  }

  /** Asks the agent to stop a run. Asking again does no harm. */
  cancel({ agentId, id: runId }: AttemptKey): Promise<void> {
    const job: CancelJob = { runId, ticket: cancelTicket(runId, `agent/${agentId}`, this.runtime.ticketKey) };
    return this.queues.add(agentCancelQueue(agentId), 'cancel', job);
  }
}

export function jobIdOf({ id, epoch }: Pick<RunRow, 'id' | 'epoch'>): string {
  return `${id}.${epoch}`;
}
