import { PresenceAnnouncer, ChannelSubscription, closeWorker, connectRedis, consume } from '../src/index.js';
import { createLogger, openQueue, readPresence, redisReady, sharedPlace } from '../src/index.js';
import type { RedisClient } from '../src/index.js';
import { until } from '@periodic-backup/testing';
import type { Queue, Worker } from 'bullmq';
import { z } from 'zod';

export const logger = createLogger('test', process.env['TEST_LOG_LEVEL'] ?? 'fatal');

/** What services do with Redis, against whatever Redis a URL names. */
export class RedisParty {
  readonly messages: string[] = [];
  gaps = 0;
  readonly #workers = new Map<string, { worker: Worker; queue: Queue; arrived: Set<string> }>();
  #subscription: ChannelSubscription | undefined;

  private constructor(
    readonly worker: RedisClient,
    readonly producer: RedisClient,
  ) {}

  static async open(url: string, tlsCa?: string): Promise<RedisParty> {
    const party = new RedisParty(
      connectRedis(url, 'worker', logger, tlsCa),
      connectRedis(url, 'producer', logger, tlsCa),
    );
    await Promise.all([redisReady(party.worker, 10_000), redisReady(party.producer, 10_000)]);
    return party;
  }

  /** Puts a job on a queue, again while Redis refuses it, as services do, and resolves with what its worker got. */
  async sendJob(queueName: string, text: string): Promise<string> {
    await this.addJob(queueName, text);
    return this.jobArrived(queueName, text);
  }

  async addJob(queueName: string, text: string): Promise<void> {
    const queue = this.#workers.get(queueName)?.queue ?? openQueue(queueName, this.producer, logger);
    await until(() => queue.add('job', { text }), { deadlineMs: 20_000, what: `${queueName} to take a job` });
    if (!this.#workers.has(queueName)) this.#consume(queueName, queue);
  }

  async jobArrived(queueName: string, text: string): Promise<string> {
    const { arrived } = this.#workers.get(queueName)!;
    await until(() => arrived.has(text), { deadlineMs: 20_000, what: `job "${text}" of ${queueName}` });
    return text;
  }

  /** Jobs of a queue stay where they are until `releaseJobs`. */
  async holdJobs(queueName: string): Promise<void> {
    await this.#workers.get(queueName)!.worker.pause();
  }

  async releaseJobs(queueName: string): Promise<void> {
    await this.#workers.get(queueName)!.worker.resume();
  }

  /** Announces a process and resolves with who is online then. */
  async announce(key: string, id: string): Promise<string[]> {
    const announcer = new PresenceAnnouncer(this.producer, sharedPlace(key, id), () => ({ id }), logger);
    await announcer.start();
    const found = await readPresence(this.producer, key, z.object({ id: z.string(), seenAt: z.string() }));
    await announcer.stop();
    return found.flatMap(({ presence, online }) => (online ? [presence.id] : []));
  }

  /** Collects what is published at `channel` from now on. */
  async listen(): Promise<void> {
    let greeted = false;
    this.#subscription = new ChannelSubscription(
      this.worker,
      { channels: ['channel'] },
      {
        onMessage: (text) => (text === 'hello' ? (greeted = true) : this.messages.push(text)),
        onGap: () => this.gaps++,
      },
      logger,
    );
    await until(
      async () => {
        await this.producer.publish('channel', 'hello');
        return greeted;
      },
      { what: 'the subscription' },
    );
  }

  async close(): Promise<void> {
    this.#subscription?.close();
    await Promise.all(
      [...this.#workers.values()].map(async ({ worker, queue }) => {
        await closeWorker(worker, 2000);
        await queue.close();
      }),
    );
    this.worker.disconnect();
    this.producer.disconnect();
  }

  #consume(queueName: string, queue: Queue): void {
    const arrived = new Set<string>();
    const worker = consume(
      queueName,
      z.object({ text: z.string() }),
      ({ text }) => {
        arrived.add(text);
        return Promise.resolve();
      },
      { connection: this.worker, logger },
    );
    this.#workers.set(queueName, { worker, queue, arrived });
  }
}
