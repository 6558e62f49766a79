import type { KeyObject } from 'node:crypto';
import { dirname, join } from 'node:path';
import { openLedger, type Ledger, type LedgerConnection } from '@periodic-backup/ledger';
import {
  SecretBox,
  connectRedis,
  loadOrCreateKeyPair,
  type Logger,
  type RedisClient,
} from '@periodic-backup/platform';
import type { SchedulerConfig } from '../config.js';
import { SchedulerMetrics } from './scheduler-metrics.js';

/** What the process is given at its start: configuration, connections, keys, figures. No rules. */
export class SchedulerRuntime {
  #steadySince: number | null = null;

  private constructor(
    readonly config: SchedulerConfig,
    readonly logger: Logger,
    readonly ledgerConnection: LedgerConnection,
    /** Signs tickets. */
    readonly ticketKey: KeyObject,
    /** The certificate of the authority that vouches for agents; the admin API makes it. */
    readonly authorityFile: string,
    /** Opens secrets of alert channels; null: none were ever sealed. */
    readonly secrets: SecretBox | null,
    /** Waits for Redis for as long as it takes. */
    readonly workerRedis: RedisClient,
    /** Fails at once while Redis is away. */
    readonly producerRedis: RedisClient,
  ) {
    producerRedis.on('ready', () => (this.#steadySince = Date.now()));
    producerRedis.on('close', () => (this.#steadySince = null));
  }

  readonly metrics = new SchedulerMetrics();

  get ledger(): Ledger {
    return this.ledgerConnection.ledger;
  }

  static async open(config: SchedulerConfig, logger: Logger): Promise<SchedulerRuntime> {
    const { privateKey } = loadOrCreateKeyPair(config.TICKET_PRIVATE_KEY_FILE, config.TICKET_PUBLIC_KEY_FILE);
    const secrets = config.SECRETS_KEY_FILE === undefined ? null : SecretBox.load(config.SECRETS_KEY_FILE);
    const ledgerConnection = await openLedger(config.DATABASE_URL, {
      applicationName: 'scheduler',
      tlsCa: config.DATABASE_CA,
      maxConnections: 20,
      keepsPlans: true,
      deadlineMs: 30_000,
      onConnectionLost: (error) =>
        logger.warn({ error: error.message }, 'a connection to PostgreSQL was lost'),
    });
    return new SchedulerRuntime(
      config,
      logger,
      ledgerConnection,
      privateKey,
      config.AUTHORITY_FILE ?? join(dirname(config.TICKET_PUBLIC_KEY_FILE), 'authority.pem'),
      secrets,
      connectRedis(config.REDIS_URL, 'worker', logger, config.REDIS_TLS_CA),
      connectRedis(config.REDIS_URL, 'producer', logger, config.REDIS_TLS_CA),
    );
  }

  /** False if a command to Redis would fail now. */
  get redisIsThere(): boolean {
    return this.producerRedis.status === 'ready';
  }

  /** One sentence on why Redis cannot be used, or null. */
  async redisNotReadyReason(): Promise<string | null> {
    if (!this.redisIsThere) return 'Redis is not reachable.';
    return (await this.producerRedis.ping()) === 'PONG' ? null : 'Redis does not answer.';
  }

  /** True if Redis has been there long enough for heartbeats and late reports to have arrived. */
  redisIsSettled(now: number): boolean {
    return this.#steadySince !== null && now - this.#steadySince >= this.config.SETTLE_MS;
  }

  async close(): Promise<void> {
    this.producerRedis.disconnect();
    this.workerRedis.disconnect();
    await this.ledgerConnection.close();
  }
}
