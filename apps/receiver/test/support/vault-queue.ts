import {
  digestOrder,
  vaultQueue,
  type SnapshotPlace,
  type Task,
  type VaultJob,
} from '@periodic-backup/contracts';
import { connectRedis, createLogger, openQueue } from '@periodic-backup/platform';
import { randomUUID } from 'node:crypto';
import type { JobsOptions } from 'bullmq';
import type { ReceiverFixture } from './receiver-fixture.js';

/** The scheduler's end of a vault's queue. */
export class VaultQueue {
  readonly #logger = createLogger('test', 'fatal');
  readonly #redis;
  readonly #queue;

  constructor(
    redisUrl: string,
    private readonly vaultId: string,
    private readonly fixture: Pick<ReceiverFixture, 'maintainTicket'>,
  ) {
    this.#redis = connectRedis(redisUrl, 'worker', this.#logger);
    this.#queue = openQueue(vaultQueue(vaultId), this.#redis, this.#logger);
  }

  async add(job: VaultJob, options: JobsOptions = {}): Promise<void> {
    await this.#queue.add(job.type, job, options);
  }

  /** Orders a task as the scheduler does; its run. */
  async order(
    place: SnapshotPlace,
    task: Task,
    { runId = randomUUID(), epoch = 1, ...options }: { runId?: string; epoch?: number } & JobsOptions = {},
  ): Promise<string> {
    const { vaultId } = this;
    const taskOrder = { runId, epoch, planId: randomUUID(), vaultId, place, task };
    const ticket = this.fixture.maintainTicket(digestOrder(taskOrder));
    await this.add({ type: 'task', taskOrder, ticket }, { jobId: `${runId}.${epoch}`, ...options });
    return runId;
  }

  /** Everything in Redis is gone. */
  async wipe(): Promise<void> {
    await this.#redis.flushall();
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#redis.disconnect();
  }
}
