import { Injectable } from '@nestjs/common';
import { openQueue } from '@periodic-backup/platform';
import type { Queue } from 'bullmq';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

/** Where the job of an attempt stands on its queue. `taken`: somebody has it. `over`: it has ended. */
export type JobStanding = 'missing' | 'in line' | 'taken' | { readonly overSince: Date };

/** The queues that the scheduler fills, opened when first needed. Throws while Redis is away. */
@Injectable()
export class JobQueues {
  readonly #queues = new Map<string, Queue>();

  constructor(private readonly runtime: SchedulerRuntime) {}

  /** Adding a job id twice adds it once. */
  async add(queue: string, name: string, payload: object, jobId?: string): Promise<void> {
    await this.#open(queue).add(name, payload, jobId === undefined ? {} : { jobId });
  }

  async standing(queue: string, jobId: string): Promise<JobStanding> {
    const job = await this.#open(queue).getJob(jobId);
    if (!job) return 'missing';
    const state = await job.getState();
    if (state === 'unknown') return 'missing';
    if (state === 'active') return 'taken';
    if (state === 'completed' || state === 'failed') return { overSince: new Date(job.finishedOn ?? 0) };
    return 'in line';
  }

  /** Takes a job back; `taken` if somebody has it already. */
  async remove(queue: string, jobId: string): Promise<'removed' | 'taken'> {
    const open = this.#open(queue);
    if ((await open.remove(jobId)) === 1) return 'removed';
    return (await open.getJob(jobId)) ? 'taken' : 'removed';
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
