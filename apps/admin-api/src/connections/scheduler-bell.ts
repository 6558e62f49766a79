import { Inject, Injectable } from '@nestjs/common';
import { PLAN_CHANGES, RUN_REQUESTS } from '@periodic-backup/contracts';
import { openQueue, type Logger, type RedisClient } from '@periodic-backup/platform';
import type { Queue } from 'bullmq';
import { LOGGER, REDIS } from './tokens.js';

/**
 * Tells the scheduler that a row wants its attention. Best effort: the row is the truth and its reconciler reads it,
 * so a bell that nobody hears costs half a minute, no wish.
 */
@Injectable()
export class SchedulerBell {
  readonly #planChanges: Queue;
  readonly #runRequests: Queue;

  constructor(
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.#planChanges = openQueue(PLAN_CHANGES, redis, logger);
    this.#runRequests = openQueue(RUN_REQUESTS, redis, logger);
  }

  planChanged(planId: string): void {
    this.#ring(this.#planChanges, { planId });
  }

  runRequested(requestId: string): void {
    this.#ring(this.#runRequests, { requestId });
  }

  async close(): Promise<void> {
    await Promise.all([this.#planChanges.close(), this.#runRequests.close()]);
  }

  #ring(queue: Queue, payload: object): void {
    if (this.redis.status !== 'ready') return;
    queue.add('changed', payload).catch((error: unknown) => {
      this.logger.debug({ queue: queue.name, error: (error as Error).message }, 'the scheduler was not told');
    });
  }
}
