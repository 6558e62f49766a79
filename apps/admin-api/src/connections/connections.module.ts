import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { openLedger, type LedgerConnection } from '@periodic-backup/ledger';
import {
  connectRedis,
  createMetrics,
  redisReady,
  type Logger,
  type RedisClient,
} from '@periodic-backup/platform';
import type { AdminApiConfig } from '../config.js';
import { Presence } from './presence.js';
import { SchedulerBell } from './scheduler-bell.js';
import { LEDGER, LEDGER_CONNECTION, LOGGER, METRICS, REDIS } from './tokens.js';

const REDIS_PATIENCE_MS = 2000;

/** The ledger, Redis, the logger and the metrics of this process; closed last. */
@Global()
@Module({})
export class ConnectionsModule implements OnApplicationShutdown {
  constructor(
    @Inject(LEDGER_CONNECTION) private readonly ledger: LedgerConnection,
    @Inject(REDIS) private readonly redis: RedisClient,
    private readonly bell: SchedulerBell,
  ) {}

  static with(config: AdminApiConfig, logger: Logger): DynamicModule {
    return {
      module: ConnectionsModule,
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: METRICS, useFactory: () => createMetrics('admin-api') },
        { provide: LEDGER_CONNECTION, useFactory: () => openConnection(config, logger) },
        {
          provide: LEDGER,
          inject: [LEDGER_CONNECTION],
          useFactory: (connection: LedgerConnection) => connection.ledger,
        },
        { provide: REDIS, useFactory: () => connect(config, logger) },
        Presence,
        SchedulerBell,
      ],
      exports: [LOGGER, METRICS, LEDGER_CONNECTION, LEDGER, REDIS, Presence, SchedulerBell],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.bell.close();
    this.redis.disconnect();
    await this.ledger.close();
  }
}

function openConnection(config: AdminApiConfig, logger: Logger): Promise<LedgerConnection> {
  return openLedger(config.DATABASE_URL, {
    applicationName: 'periodic-backup admin-api',
    statementTimeoutMs: 15_000,
    tlsCa: config.DATABASE_CA,
    onConnectionLost: (error) => logger.warn({ error: error.message }, 'a connection to PostgreSQL was lost'),
  });
}

/** Redis may be away at the start: plans can be read and written without it. */
async function connect(config: AdminApiConfig, logger: Logger): Promise<RedisClient> {
  const redis = connectRedis(config.REDIS_URL, 'producer', logger, config.REDIS_TLS_CA);
  await redisReady(redis, REDIS_PATIENCE_MS).catch(() => undefined);
  return redis;
}
