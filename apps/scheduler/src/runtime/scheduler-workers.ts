import { Injectable } from '@nestjs/common';
import {
  PLAN_CHANGES,
  PlanChangeJob,
  RUN_EVENTS,
  RUN_REQUESTS,
  RunRequestJob,
  TICKS,
  TickJob,
} from '@periodic-backup/contracts';
import { closeWorker, consume } from '@periodic-backup/platform';
import type { Job, Worker } from 'bullmq';
import { z } from 'zod';
import { SchedulerRuntime } from './scheduler-runtime.js';
import { SchedulerJobs } from './scheduler-jobs.js';
import { untilLedgerIsBack } from './until-ledger-is-back.js';

/**
 * The edges to BullMQ. Each job may come twice, in this process or another: what it leads to is decided in the ledger,
 * where whoever comes second finds it done.
 */
@Injectable()
export class SchedulerWorkers {
  readonly #stopping = new AbortController();
  #workers: Worker[] = [];

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly jobs: SchedulerJobs,
  ) {}

  start(): void {
    this.#workers = [
      this.#consume(TICKS, TickJob, ({ planId }, job) => this.jobs.tick(planId, dueAt(job))),
      this.#consume(PLAN_CHANGES, PlanChangeJob, ({ planId }) => this.jobs.planChanged(planId)),
      this.#consume(RUN_REQUESTS, RunRequestJob, ({ requestId }) => this.jobs.request(requestId)),
      this.#consume(RUN_EVENTS, z.unknown(), (payload, job) => this.jobs.report(payload, job.id ?? '')),
    ];
  }

  /** Lets the jobs at hand finish until the deadline; another process repeats the rest. */
  async stop(deadlineMs: number): Promise<void> {
    const closed = Promise.all(this.#workers.map((worker) => closeWorker(worker, deadlineMs)));
    this.#stopping.abort();
    await closed;
  }

  #consume<T extends z.ZodType>(
    queue: string,
    schema: T,
    handle: (payload: z.output<T>, job: Job) => Promise<void>,
  ): Worker {
    const { logger, workerRedis: connection } = this.runtime;
    return consume(
      queue,
      schema,
      (payload, job) =>
        untilLedgerIsBack(() => handle(payload, job), { logger, stopping: this.#stopping.signal }),
      { connection, logger, concurrency: 4 },
    );
  }
}

/** When a trigger fired, should the clock of whoever set it be ahead of ours. */
function dueAt(job: Job): Date {
  return new Date(Math.max(Date.now(), job.timestamp + (job.opts.delay ?? 0)));
}
