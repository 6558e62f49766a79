import { isLoopback } from '@periodic-backup/contracts';
import { env } from '@periodic-backup/platform';
import { CredentialsFolder } from '@periodic-backup/trust';
import { hostname } from 'node:os';
import { z } from 'zod';

/** Environment variables of a receiver. */
export const ReceiverConfig = z.object({
  REDIS_URL: env.redisUrl(),
  REDIS_TLS_CA: env.redisTlsCa(),
  LOG_LEVEL: env.logLevel(),
  HEALTH_HOST: env.text('Address on which /livez, /readyz and /metrics listen', '127.0.0.1'),
  HEALTH_PORT: env.port('Port of /livez, /readyz and /metrics; 0 takes any free one', 0),
  CREDENTIALS_DIR: env.optionalText(
    'Folder with the credentials of this receiver, as `receiver join` or the control plane wrote it: they bring ' +
      '`REDIS_URL`, `REDIS_TLS_CA` and `TICKET_PUBLIC_KEY_FILE`, and the certificate that agents want to see',
  ),
  RECEIVER_ID: env.optionalText('Name of this receiver, unique; default: host name and port'),
  RECEIVER_HOST: env.text(
    'Address on which backups are accepted; beyond loopback with TLS and certificates on both ends only, which needs `CREDENTIALS_DIR`',
    '127.0.0.1',
  ),
  RECEIVER_PORT: env.port('Port on which backups are accepted', 7400),
  ADVERTISED_HOST: env.optionalText('Host that agents dial, if it is not the one listened on'),
  ADVERTISED_PORT: env.port('Port that agents dial; 0: the one listened on', 0),
  TARGET_DIR: env.text('Directory of the vault; made if it does not exist'),
  VAULT_NAME: env.text('Name of the vault, kept when the vault is made', 'vault'),
  MAX_CLIENTS: env.integer('Sessions at once; more are told BUSY', 1, 10_000, 10),
  MAX_READERS: env.integer('Sessions that read snapshots at once; more are told BUSY', 1, 10_000, 16),
  MAINTENANCE_JOBS: env.integer(
    'Verifications of parts, removals and the like at once; others wait or go to other receivers',
    1,
    64,
    1,
  ),
  VERIFY_PART_MIB: env.integer(
    'A verification is cut into parts of about this size, at most 64, for all receivers of the vault',
    1,
    1_048_576,
    2048,
  ),
  TICKET_PUBLIC_KEY_FILE: env.text("File with the scheduler's public key, which tickets are checked with"),
  DRAIN_DEADLINE_SECONDS: env.integer(
    'At a stop, running sessions may finish for this long, then they are told to resume elsewhere',
    0,
    86_400,
    30,
  ),
  HANDSHAKE_DEADLINE_SECONDS: env.integer(
    'A new connection must show its ticket within this time',
    1,
    600,
    10,
  ),
  IDLE_DEADLINE_SECONDS: env.integer(
    'A session from which nothing arrives for this long ends',
    1,
    86_400,
    60,
  ),
  READER_IDLE_DEADLINE_SECONDS: env.integer(
    'A session that reads ends when nothing arrives, or nothing it asked for leaves, for this long',
    1,
    86_400,
    600,
  ),
  FRAME_DEADLINE_SECONDS: env.integer(
    'A frame may take this long, and longer by its length at MIN_BYTES_PER_SECOND',
    1,
    86_400,
    30,
  ),
  MIN_BYTES_PER_SECOND: env.integer('Least rate of a frame', 1, 1_000_000_000, 4096),
  CONTENT_WINDOW_KIB: env.integer(
    'What a session may have on its way unstaged when it begins, and so what the death of a receiver costs at least; it grows with what is staged',
    512,
    1_048_576,
    1024,
  ),
  MAX_PENDING_CONNECTIONS: env.integer('Connections without a checked ticket at once', 1, 100_000, 64),
  MAX_PENDING_PER_ADDRESS: env.integer('The same from one address', 1, 100_000, 16),
});
export type ReceiverConfig = z.infer<typeof ReceiverConfig>;

/** The receiver's name when none is given: two receivers of one machine differ by their port. */
export function receiverIdOf(config: ReceiverConfig): string {
  return config.RECEIVER_ID ?? `${hostname().toLowerCase()}-${config.RECEIVER_PORT}`;
}

/** Whom its certificate names; without one its own name, in the letters of such names. */
export function identityOf(config: ReceiverConfig): string {
  if (config.CREDENTIALS_DIR !== undefined) return new CredentialsFolder(config.CREDENTIALS_DIR).load().id;
  return receiverIdOf(config)
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-');
}

/** On loopback nobody listens in: there it would only cost time. */
export function needsTls(config: ReceiverConfig): boolean {
  return !isLoopback(config.RECEIVER_HOST) || !isLoopback(advertisedAddress(config, 0).host);
}

/** The address that agents are told to dial. */
export function advertisedAddress(
  config: ReceiverConfig,
  listeningPort: number,
): { host: string; port: number } {
  const anyAddress = config.RECEIVER_HOST === '0.0.0.0' || config.RECEIVER_HOST === '::';
  return {
    host: config.ADVERTISED_HOST ?? (anyAddress ? hostname() : config.RECEIVER_HOST),
    port: config.ADVERTISED_PORT || listeningPort,
  };
}
