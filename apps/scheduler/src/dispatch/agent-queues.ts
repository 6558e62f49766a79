import { Injectable } from '@nestjs/common';
import { agentCancelQueue, agentQueue, type CancelJob, type RunJob } from '@periodic-backup/contracts';
import type { RunRow } from '@periodic-backup/ledger';
import { openQueue } from '@periodic-backup/platform';
import type { Queue } from 'bullmq';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

/** Where the job of an attempt stands on its agent's queue. `taken`: the agent has it. `over`: it has ended. */
export type JobStanding = 'missing' | 'in line' | 'taken' | { readonly overSince: Date };

type AttemptKey = Pick<RunRow, 'id' | 'epoch' | 'agentId'>;

/** The queues of the agents. The job id is the attempt's: adding it twice adds it once. */
@Injectable()
export class AgentQueues {
  readonly #queues = new Map<string, Queue>();

  constructor(private readonly runtime: SchedulerRuntime) {}

  async add(attempt: AttemptKey, job: RunJob): Promise<void> {
    await this.#open(agentQueue(attempt.agentId)).add('run', job, { jobId: jobIdOf(attempt) });
  }

  async standing(attempt: AttemptKey): Promise<JobStanding> {
    const job = await this.#open(agentQueue(attempt.agentId)).getJob(jobIdOf(attempt));
    if (!job) return 'missing';
    const state = await job.getState();
    if (state === 'unknown') return 'missing';
    if (state === 'active') return 'taken';
    if (state === 'completed' || state === 'failed') return { overSince: new Date(job.finishedOn ?? 0) };
    return 'in line';
  }

  /** Takes a job back; `taken` if the agent has it already. */
  async remove(attempt: AttemptKey): Promise<'removed' | 'taken'> {
    const queue = this.#open(agentQueue(attempt.agentId));
    const removed = await queue.remove(jobIdOf(attempt));
    if (removed === 1) return 'removed';
    return (await queue.getJob(jobIdOf(attempt))) ? 'taken' : 'removed';
  }

  /** Asks the agent to stop a run. Asking again does no harm. */
  async cancel({ agentId, id: runId }: AttemptKey): Promise<void> {
    const job: CancelJob = { runId };
    await this.#open(agentCancelQueue(agentId)).add('cancel', job);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
  }

  #open(name: string): Queue {
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = openQueue(name, this.runtime.producerRedis, this.runtime.logger);
      this.#queues.set(name, queue);
    }
    return queue;
  }
}

function jobIdOf({ id, epoch }: AttemptKey): string {
  return `${id}.${epoch}`;
}
