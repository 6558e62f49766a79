import { env } from '@periodic-backup/platform';
import { z } from 'zod';

/** The scheduler's environment. Periods are variables so that tests need not wait. */
export const SchedulerConfig = z.object({
  REDIS_URL: env.redisUrl(),
  REDIS_TLS_CA: env.redisTlsCa(),
  DATABASE_URL: env.databaseUrl(),
  DATABASE_CA: env.databaseCa(),
  LOG_LEVEL: env.logLevel(),
  HEALTH_HOST: env.text('Address of /livez, /readyz and /metrics', '127.0.0.1'),
  HEALTH_PORT: env.port('Port of /livez, /readyz and /metrics; 0 takes any free one', 0),
  TICKET_PRIVATE_KEY_FILE: env.text('File of the key that signs tickets; made at the first start'),
  TICKET_PUBLIC_KEY_FILE: env.text(
    'File of the public half, for agents and receivers; made at the first start',
  ),
  AUTHORITY_FILE: env.optionalText(
    'File of the certificate of the built-in authority, which the admin API makes: only reports of agents it vouches for are heard; default: `authority.pem` beside the public key of tickets',
  ),
  SECRETS_KEY_FILE: env.secretsKeyFile(),
  MAX_ATTEMPTS: env.integer('Attempts of a run before it counts as failed', 1, 100, 5),
  RETRY_DELAYS_MS: z
    .string()
    .regex(/^\d+(,\d+)*$/, 'must be milliseconds separated by commas')
    .default('2000,10000,30000,60000')
    .transform((text) => text.split(',').map(Number))
    .meta({ description: 'Waits before the second, third … attempt of a run; the last one repeats' }),
  DISPATCH_INTERVAL_MS: env.integer('How often waiting runs are looked at again', 10, 60_000, 1000),
  START_JITTER_SECONDS: env.integer(
    'Scheduled runs start within so many seconds after they are due, each plan at a place of its own, so that not all ' +
      'start at once; never more than a tenth of the period',
    0,
    3600,
    0,
  ),
  RECONCILE_INTERVAL_MS: env.integer(
    'How often Redis and the agents are compared with the ledger',
    10,
    60_000,
    10_000,
  ),
  AGENT_SILENCE_MS: env.integer(
    'A running run whose agent says nothing of it for so long is lost',
    100,
    600_000,
    30_000,
  ),
  AGENT_OFFLINE_MS: env.integer('The same when the agent itself is not online either', 100, 600_000, 20_000),
  RETENTION_INTERVAL_MS: env.integer(
    'How often the retention of all plans is looked at; that of one plan also after each of its backups',
    10,
    86_400_000,
    600_000,
  ),
  VAULT_SAMPLE_INTERVAL_MS: env.integer(
    'How often it is looked whether the space of every vault was noted in this hour',
    10,
    3_600_000,
    60_000,
  ),
  CANCEL_PATIENCE_MS: env.integer('How long an agent may take to stop a cancelled run', 100, 600_000, 60_000),
  SETTLE_MS: env.integer(
    'After a start or a loss of Redis: how long heartbeats and reports may take to come in before silence counts',
    0,
    600_000,
    10_000,
  ),
  ALERT_ROUND_MS: env.integer(
    'How often it is looked for what people are to be told of, besides after changes of runs',
    10,
    600_000,
    15_000,
  ),
  ALERT_CALM_MS: env.integer(
    'An alert is resolved once its cause has been gone for so long: what comes and goes is one alert',
    0,
    86_400_000,
    300_000,
  ),
  ALERT_SEND_INTERVAL_MS: env.integer('How often it is looked for messages to send', 10, 60_000, 1000),
  ALERT_TIMEOUT_MS: env.integer('How long a channel may take to answer', 100, 120_000, 10_000),
  ALERT_RETRY_DELAYS_MS: z
    .string()
    .regex(/^\d+(,\d+)*$/, 'must be milliseconds separated by commas')
    .default('5000,15000,45000,135000,300000,600000')
    .transform((text) => text.split(',').map(Number))
    .meta({
      description:
        'Waits before a message is tried for the second, third … time, for a day; the last one repeats',
    }),
});
export type SchedulerConfig = z.infer<typeof SchedulerConfig>;
