import { Counter, Gauge, HealthServer, VERSION, createMetrics, type Logger } from '@periodic-backup/platform';
import { CredentialsFolder, RefusalNotes } from '@periodic-backup/trust';
import { drillDirOf, type AgentConfig } from './agent.config.js';
import { AgentConnections } from './agent-connections.js';
import type { AgentParts } from './agent-process.js';
import type { AllowedDirectories } from './checks/check-directories.js';
import { AgentQuestions } from './look/agent-questions.js';
import { JobGate } from './checks/job-gate.js';
import { LookThreads, type QuestionExecutor } from './look/look-threads.js';
import { Outbox } from './reports/outbox.js';
import { RunReports } from './reports/run-reports.js';
import { AgentRuns } from './runs/agent-runs.js';
import type { TaskThreads } from './runs/run-task.js';
import { PendingRules } from './state/pending-rules.js';
import { StateFolder } from './state/state-folder.js';
import { ThreadPool } from './thread/thread-pool.js';
import { TRANSFER_TIMES } from './transfer/transfer-times.js';

/** Puts the parts of an agent together; nothing is started yet but the connections to Redis. */
export function composeAgent(
  config: AgentConfig,
  logger: Logger,
  threads: TaskThreads = threadsFor(config),
  lookers: QuestionExecutor = new LookThreads(allowedBy(config)),
): AgentParts {
  const state = StateFolder.open(config.STATE_DIR);
  const { AGENT_ID: agentId, REDIS_URL, REDIS_TLS_CA, TICKET_PUBLIC_KEY_FILE: ticketKeyFile } = config;
  const credentials = new CredentialsFolder(config.CREDENTIALS_DIR);
  const connections = new AgentConnections(agentId, credentials, logger, REDIS_URL, REDIS_TLS_CA);
  const outbox = new Outbox(state.outbox);
  const { sendEvent, sendLive } = connections;
  const refusals = new RefusalNotes(agentId, sendEvent, ({ what, runId, reason }) =>
    logger.warn({ what, runId, reason }, 'refused: nobody of ours has signed it'),
  );
  const reports = new RunReports(agentId, outbox, sendEvent, sendLive, logger);
  const metrics = createMetrics('sender-agent');
  const registers = [metrics];
  const ended = new Counter({
    ...{ name: 'pbk_agent_runs_total', help: 'Attempts ended, by outcome', registers },
    labelNames: ['outcome'],
  });
  const sent = new Counter({
    ...{ name: 'pbk_agent_read_bytes_total', help: 'Bytes read from sources', registers },
  });
  const restored = new Counter({
    ...{ name: 'pbk_agent_restored_bytes_total', help: 'Bytes written by restores and drills', registers },
  });
  const gate = new JobGate({ agentId, ticketKeyFile }, refusals);
  const runs = new AgentRuns(threads, reports, logger, gate, ({ error, counts, result }) => {
    ended.inc({ outcome: error ? 'failed' : counts.filesFailed > 0 ? 'partial' : 'committed' });
    if (result === undefined) sent.inc(counts.bytesRead);
    else restored.inc(counts.bytesStored);
  });
  new Gauge({
    ...{ name: 'pbk_agent_active_runs', help: 'Runs under way', registers },
    collect() {
      this.set(runs.runIds.length);
    },
  });
  const questions = new AgentQuestions(
    { agentId, ticketKeyFile },
    lookers,
    connections.producer,
    refusals,
    logger,
  );
  const health = new HealthServer({ redis: connections.check }, metrics);
  const pending = new PendingRules(state.rules);
  const parts = { config, logger, connections, threads, reports, runs, questions, pending, health };
  return { ...parts, credentials };
}

function threadsFor(config: AgentConfig): ThreadPool {
  return new ThreadPool({
    agentId: config.AGENT_ID,
    software: `periodic-backup ${VERSION}`,
    ticketKeyFile: config.TICKET_PUBLIC_KEY_FILE,
    credentialsDir: config.CREDENTIALS_DIR,
    allowed: allowedBy(config),
    drillDir: drillDirOf(config),
    stateDir: config.STATE_DIR,
    times: { ...TRANSFER_TIMES, giveUpMs: config.GIVE_UP_SECONDS * 1000 },
  });
}

function allowedBy({ ALLOWED_DIRS, BACKUP_DIRS, RESTORE_DIRS }: AgentConfig): AllowedDirectories {
  return { sources: ALLOWED_DIRS, backups: BACKUP_DIRS, restores: RESTORE_DIRS };
}
