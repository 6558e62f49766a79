import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import type { HealthServer, Logger, RedisClient, Registry } from '@periodic-backup/platform';
import type { CredentialsKeeper } from '@periodic-backup/trust';
import type { ReceiverConfig } from '../config.js';
import type { VaultJobs } from '../maintenance/vault-jobs.js';
import type { ReceiptReporter } from '../reports/receipt-reporter.js';
import type { RunEventQueue } from '../reports/run-event-queue.js';
import type { ReadingDesk } from '../sessions/reading-desk.js';
import type { Reception } from '../sessions/reception.js';
import type { SessionDesk } from '../sessions/session-desk.js';
import type { WorkerPool } from '../sessions/worker-pool.js';
import { StartError } from '../start-error.js';
import type { IntakePace } from '../transport/intake-pace.js';
import type { ProtocolServer } from '../transport/protocol-server.js';
import type { VaultStatus } from '../vault/vault-status.js';
import type { VaultWork } from '../vault/vault-work.js';
import type { PresenceBoard } from './presence-board.js';
import type { ReceiverMetrics } from './receiver-metrics.js';

const REPEAT_RECEIPTS_OF_MS = 24 * 60 * 60_000;

export interface ReceiverParts {
  readonly config: ReceiverConfig;
  readonly logger: Logger;
  readonly health: HealthServer;
  readonly registry: Registry;
  readonly metrics: ReceiverMetrics;
  readonly desk: SessionDesk;
  readonly readers: ReadingDesk;
  readonly reception: Reception;
  readonly redis: RedisClient;
  readonly events: RunEventQueue;
  readonly reporter: ReceiptReporter;
  readonly pool: WorkerPool;
  readonly work: VaultWork;
  readonly jobs: VaultJobs;
  readonly status: VaultStatus;
  readonly presence: PresenceBoard;
  readonly server: ProtocolServer;
  readonly pace: IntakePace;
  /** Null: it has no credentials. */
  readonly keeper: CredentialsKeeper | null;
}

/** The order in which a receiver comes up and goes down. Listening and draining lie between: the transport's part. */
export class ReceiverLife implements OnModuleInit, OnApplicationShutdown {
  constructor(private readonly parts: ReceiverParts) {}

  /** Holds afterwards: the vault is recovered and nobody was let in before. */
  async onModuleInit(): Promise<void> {
    const { config, logger, health, pool, status, reporter, server, presence, jobs } = this.parts;
    const healthPort = await health.listen(config.HEALTH_HOST, config.HEALTH_PORT);
    logger.info({ host: config.HEALTH_HOST, port: healthPort }, 'health listens');
    await pool.start();
    await this.#recover();
    await status.refresh();
    jobs.start();
    this.parts.keeper?.start();
    server.on('listening', (port) => {
      logger.info({ host: config.RECEIVER_HOST, port }, 'backups are accepted');
      // A new ledger knows no key of this vault before it has seen this receiver: receipts told earlier would be refused.
      void presence
        .start(port)
        .then(() => reporter.repeatSince(new Date(Date.now() - REPEAT_RECEIPTS_OF_MS)));
    });
    server.on('draining', () => {
      logger.info('draining: no new sessions');
      void presence.update();
      void jobs.stop();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    const { presence, reporter, pool, events, redis, health, jobs } = this.parts;
    this.parts.keeper?.close();
    await presence.stop();
    await jobs.stop();
    reporter.stop();
    await pool.stop();
    await events.close();
    redis.disconnect();
    await health.close();
  }

  async #recover(): Promise<void> {
    const { work, logger, metrics, config } = this.parts;
    try {
      const report = await work.recover();
      metrics.recovered(report);
      logger.info(report, 'vault recovered');
    } catch (error) {
      throw new StartError(
        `The vault in ${config.TARGET_DIR} cannot be brought in order: ${(error as Error).message}`,
        { cause: error },
      );
    }
  }
}
