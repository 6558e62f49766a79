import { queuePrefix } from '@periodic-backup/contracts';
import { Queue, UnrecoverableError, Worker, type Job, type JobsOptions, type WorkerOptions } from 'bullmq';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { RedisClient } from './redis.js';

/** What BullMQ writes by itself: the events of a queue that are kept. */
const MOST_EVENTS = 10_000;

/** Finished jobs are of no use: the ledger is the history. */
const HOUSEKEEPING: JobsOptions = {
  removeOnComplete: { age: 600, count: 1000 },
  removeOnFail: { age: 86_400, count: 1000 },
};

/**
 * A queue to put jobs on. Adding fails at once while Redis is away. The caller closes it. A `guest` may add jobs and
 * touch nothing else of the queue: its settings are written by those it belongs to.
 */
export function openQueue(
  name: string,
  connection: RedisClient,
  logger: Logger,
  { guest = false }: { readonly guest?: boolean } = {},
): Queue {
  const queue = new Queue(name, {
    ...{ connection, prefix: queuePrefix(name), defaultJobOptions: HOUSEKEEPING, skipMetasUpdate: guest },
  });
  queue.on('error', (error) => logger.debug({ queue: name, error: error.message }, 'queue connection'));
  return queue;
}

/**
 * Handles the jobs of one queue with a payload checked against its schema; a payload that does not fit is
 * failed for good and logged. A job may arrive twice: handlers are safe to repeat.
 */
export function consume<T extends z.ZodType>(
  name: string,
  schema: T,
  handler: (payload: z.output<T>, job: Job) => Promise<void>,
  options: { connection: RedisClient; logger: Logger; concurrency?: number } & Pick<
    WorkerOptions,
    'drainDelay' | 'lockDuration' | 'stalledInterval'
  >,
): Worker {
  const { connection, logger, ...rest } = options;
  const worker = new Worker(
    name,
    async (job) => {
      const payload = schema.safeParse(job.data);
      if (!payload.success)
        throw new UnrecoverableError(
          `A job of queue ${name} has a payload that does not fit: ${payload.error.message}`,
        );
      await handler(payload.data, job);
    },
    { concurrency: 1, ...rest, connection, prefix: queuePrefix(name), maxStalledCount: 10 },
  );
  worker.on('error', (error) => logger.debug({ queue: name, error: error.message }, 'worker connection'));
  worker.on('failed', (job, error) =>
    logger.error({ queue: name, job: job?.id, error: error.message }, 'a job failed'),
  );
  return worker;
}

/** The settings of a queue stand in Redis, for guests that may not write them: also after it was wiped. */
export async function writeQueueSettings(name: string, redis: RedisClient): Promise<void> {
  await redis.hsetnx(`${queuePrefix(name)}:${name}:meta`, 'opts.maxLenEvents', MOST_EVENTS);
}

/** Closes a worker: waits for its jobs until the deadline, then lets go of them (another one will repeat them). */
export async function closeWorker(worker: Worker, deadlineMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), deadlineMs);
  });
  const closed = worker.close().then(() => 'closed' as const);
  if ((await Promise.race([closed, deadline])) === 'late') await worker.close(true);
  clearTimeout(timer);
}
