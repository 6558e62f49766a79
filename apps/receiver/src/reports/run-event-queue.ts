import { randomUUID } from 'node:crypto';
import { RUN_EVENTS, reportJobId, type RunEvent, type SignedReport } from '@periodic-backup/contracts';
import { openQueue, type Logger, type RedisClient } from '@periodic-backup/platform';
import type { Queue } from 'bullmq';
import type { VaultVoice } from '../vault/vault-voice.js';
import { waitAtMost } from '../operations/wait-at-most.js';
import type { RunEventOutlet } from './receipt-reporter.js';

const CLOSE_DEADLINE_MS = 1_000;

/** The queue `run-events`, which the scheduler reads. What goes there is signed with the vault's key. */
export class RunEventQueue implements RunEventOutlet {
  readonly #queue: Queue;

  constructor(
    private readonly redis: RedisClient,
    /** As its certificate says. */
    private readonly identity: string,
    private readonly voice: VaultVoice,
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
        ...{ name: event.type, data: this.#signed(event) },
        opts: { jobId: reportJobId('receiver', this.identity, randomUUID()) },
      })),
    );
  }

  /** A receipt is told more than once: the time tells it apart from one that somebody plays again. */
  #signed(event: RunEvent): SignedReport {
    const { vaultId } = this.voice;
    const report = event.type === 'receipt' ? { ...event, at: new Date().toISOString() } : event;
    return { report, by: { kind: 'vault', vaultId }, signature: this.voice.prove('report', report) };
  }

  /** Resolves soon, also while Redis is away. */
  async close(): Promise<void> {
    await waitAtMost(this.#queue.close(), CLOSE_DEADLINE_MS);
  }
}
