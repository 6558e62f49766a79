import { randomUUID } from 'node:crypto';
import { RUN_EVENTS, reportJobId, type RunEvent } from '@periodic-backup/contracts';
import { openQueue, type Logger, type RedisClient } from '@periodic-backup/platform';
import type { Queue } from 'bullmq';
import { waitAtMost } from '../operations/wait-at-most.js';
import type { RunEventOutlet } from './receipt-reporter.js';

const CLOSE_DEADLINE_MS = 1_000;

/** The queue `run-events`, which the scheduler reads. */
export class RunEventQueue implements RunEventOutlet {
  readonly #queue: Queue;

  constructor(
    private readonly redis: RedisClient,
    /** As its certificate says. */
    private readonly identity: string,
    logger: Logger,
  ) {
    this.#queue = openQueue(RUN_EVENTS, redis, logger, { guest: true });
  }

  get isOpen(): boolean {
    return this.redis.status === 'ready';
  }

  async put(events: readonly RunEvent[]): Promise<void> {
    await this.#queue.addBulk(
      events.map((event) => ({
        ...{ name: event.type, data: event },
        opts: { jobId: reportJobId('receiver', this.identity, randomUUID()) },
      })),
    );
  }

  /** Resolves soon, also while Redis is away. */
  async close(): Promise<void> {
    await waitAtMost(this.#queue.close(), CLOSE_DEADLINE_MS);
  }
}
