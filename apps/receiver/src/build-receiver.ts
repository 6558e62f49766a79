import { HealthServer, VERSION, connectRedis, createMetrics, type Logger } from '@periodic-backup/platform';
import { CredentialsFolder, RefusalNotes, keeperOf } from '@periodic-backup/trust';
import type { SessionLimits } from '@periodic-backup/protocol';
import { identityOf, needsTls, receiverIdOf, type ReceiverConfig } from './config.js';
import { RevokedCertificates } from './identity/revoked-certificates.js';
import { VaultJobGate } from './maintenance/vault-job-gate.js';
import { VaultJobs } from './maintenance/vault-jobs.js';
import { PresenceBoard } from './operations/presence-board.js';
import { readinessChecks } from './operations/readiness.js';
import type { ReceiverParts } from './operations/receiver-life.js';
import { ReceiverMetrics } from './operations/receiver-metrics.js';
import { awaitTicketKey } from './operations/ticket-key.js';
import { VaultShare } from './operations/vault-share.js';
import { ReceiptReporter } from './reports/receipt-reporter.js';
import { RunEventQueue } from './reports/run-event-queue.js';
import { TaskReporter } from './reports/task-reporter.js';
import { ReadingDesk, type ReadingEvents } from './sessions/reading-desk.js';
import { Reception } from './sessions/reception.js';
import { SessionDesk, type DeskEvents } from './sessions/session-desk.js';
import { TicketGate } from './sessions/ticket-gate.js';
import { WorkerPool } from './sessions/worker-pool.js';
import { IntakePace } from './transport/intake-pace.js';
import { ProtocolServer } from './transport/protocol-server.js';
import { ReceiveBuffers } from './transport/receive-buffers.js';
import { SecureEntrance } from './transport/secure-entrance.js';
import { StartError } from './start-error.js';
import { openVaultAtStart } from './vault/open-vault.js';
import { VaultStatus } from './vault/vault-status.js';
import { voiceOf } from './vault/vault-voice.js';
import { VaultWork } from './vault/vault-work.js';

const WORKER_FILE = new URL('./sessions/session-worker.js', import.meta.url);

/** Makes the parts and joins them. Nothing listens yet. @throws StartError */
export async function buildReceiver(
  config: ReceiverConfig,
  logger: Logger,
  workerFile: URL = WORKER_FILE,
): Promise<ReceiverParts> {
  const folder = credentialsOf(config);
  const vault = openVaultAtStart(config.TARGET_DIR, config.VAULT_NAME);
  const { identity } = vault;
  const voice = voiceOf(vault);
  const ticketKey = await awaitTicketKey(config.TICKET_PUBLIC_KEY_FILE, logger);

  const registry = createMetrics('receiver');
  const metrics = new ReceiverMetrics(registry);
  const redis = connectRedis(config.REDIS_URL, 'producer', logger, config.REDIS_TLS_CA);
  const events = new RunEventQueue(redis, identityOf(config), voice, logger);

  const refusals = new RefusalNotes(
    receiverIdOf(config),
    (refused) => events.put([refused]),
    ({ what, runId, reason }) =>
      logger.warn({ what, runId, reason }, 'refused: nobody of ours has signed it'),
  );
  const buffers = new ReceiveBuffers();
  const pool = new WorkerPool(
    workerFile,
    { targetDir: config.TARGET_DIR, vaultName: config.VAULT_NAME },
    buffers,
    logger,
  );
  const work = new VaultWork(pool);
  const status = new VaultStatus(work, logger);
  const reporter = new ReceiptReporter(events, work, logger);

  const jobs = new VaultJobs(
    {
      vaultId: identity.id,
      concurrency: config.MAINTENANCE_JOBS,
      partBytes: config.VERIFY_PART_MIB * 1024 * 1024,
      redis: {
        worker: connectRedis(config.REDIS_URL, 'worker', logger, config.REDIS_TLS_CA),
        producer: redis,
      },
    },
    work,
    new TaskReporter(events, receiverIdOf(config), logger),
    { gate: new VaultJobGate(ticketKey, voice, refusals), voice, ticketKey },
    { logger, onJob: (type) => metrics.onVaultJob(type) },
  );

  const pace = new IntakePace();
  const desk = new SessionDesk(
    pool,
    buffers,
    {
      maxClients: config.MAX_CLIENTS,
      contentWindow: config.CONTENT_WINDOW_KIB * 1024,
      limits: limitsOf(config),
    },
    { events: deskEvents(metrics, reporter, pace), logger },
  );
  const readers = new ReadingDesk(
    pool,
    buffers,
    { maxReaders: config.MAX_READERS, limits: readerLimitsOf(config) },
    { events: readingEvents(metrics), logger },
  );
  const reception = new Reception(new TicketGate(ticketKey, identity.id, refusals), desk, readers, {
    onRefused: (error) => metrics.onRefused(error),
    logger,
  });
  const revoked = new RevokedCertificates(redis, ticketKey, refusals);
  const entrance =
    folder && needsTls(config) ? new SecureEntrance(folder, { revoked, refusals, logger }) : null;
  const server = new ProtocolServer(serverOptions(config), reception, buffers, entrance);
  server.on('refused', (error) => metrics.onRefused(error));

  metrics.gauge('pbk_sessions_active', 'Sessions at the moment', () => desk.activeSessions);
  metrics.gauge('pbk_readers_active', 'Sessions that read at the moment', () => readers.activeReaders);
  metrics.gauge('pbk_vault_free_bytes', 'Room in the file system of the vault', () => status.freeBytes);
  const share = new VaultShare(redis, pace, { receiverId: receiverIdOf(config), vaultId: identity.id });
  const beforeBeat = async (): Promise<void> => {
    await share.refresh(desk.activeSessions);
    entrance?.refresh();
    if (await revoked.refresh()) server.dismiss((serial) => revoked.has(serial));
  };
  const presence = new PresenceBoard(config, identity, reception, status, { redis, logger, beforeBeat });
  const health = new HealthServer(readinessChecks(reception, status), registry);
  return {
    config,
    logger,
    health,
    registry,
    metrics,
    desk,
    readers,
    reception,
    redis,
    events,
    reporter,
    pool,
    work,
    jobs,
    status,
    presence,
    server,
    pace,
    keeper: folder && keeperOf(folder, VERSION, logger),
  };
}

/** Null: it has none and, as nobody but this machine reaches it, needs none. @throws StartError */
function credentialsOf(config: ReceiverConfig): CredentialsFolder | null {
  if (config.CREDENTIALS_DIR !== undefined) return new CredentialsFolder(config.CREDENTIALS_DIR);
  if (!needsTls(config)) return null;
  throw new StartError(
    `Other machines reach this receiver (RECEIVER_HOST ${config.RECEIVER_HOST}, or ADVERTISED_HOST), and it has no certificate to show them: ` +
      'set CREDENTIALS_DIR, filled by "receiver join" or by the admin API (PROVISION); or listen on 127.0.0.1.',
  );
}

function deskEvents(metrics: ReceiverMetrics, reporter: ReceiptReporter, pace: IntakePace): DeskEvents {
  return {
    onReceivedBytes: (lengthBytes, session) => {
      metrics.onReceivedBytes(lengthBytes);
      pace.received(lengthBytes, session);
    },
    onCommitted: (receipt, claims, seconds) => {
      metrics.onCommitted(receipt, seconds);
      const { agentFolder, planFolder } = claims;
      void reporter.report({ receipt, place: { agentFolder, planFolder } });
    },
    onClosed: (outcome) => metrics.onClosed(outcome),
  };
}

function readingEvents(metrics: ReceiverMetrics): ReadingEvents {
  return {
    onSentBytes: (lengthBytes) => metrics.onSentBytes(lengthBytes),
    onClosed: (outcome) => metrics.onClosed(outcome),
  };
}

function limitsOf(config: ReceiverConfig): Partial<SessionLimits> {
  return {
    idleMs: config.IDLE_DEADLINE_SECONDS * 1000,
    frameGraceMs: config.FRAME_DEADLINE_SECONDS * 1000,
    minBytesPerSecond: config.MIN_BYTES_PER_SECOND,
  };
}

function readerLimitsOf(config: ReceiverConfig): Partial<SessionLimits> {
  return { ...limitsOf(config), idleMs: config.READER_IDLE_DEADLINE_SECONDS * 1000 };
}

function serverOptions(config: ReceiverConfig): ConstructorParameters<typeof ProtocolServer>[0] {
  return {
    host: config.RECEIVER_HOST,
    port: config.RECEIVER_PORT,
    handshakeDeadlineMs: config.HANDSHAKE_DEADLINE_SECONDS * 1000,
    maxPendingConnections: config.MAX_PENDING_CONNECTIONS,
    maxPendingPerAddress: config.MAX_PENDING_PER_ADDRESS,
    drainDeadlineMs: config.DRAIN_DEADLINE_SECONDS * 1000,
  };
}
