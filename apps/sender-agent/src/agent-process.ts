import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { agentPresenceKey, type AgentPresence } from '@periodic-backup/contracts';
import {
  PresenceAnnouncer,
  VERSION,
  ownPlace,
  redisReady,
  type HealthServer,
  type Logger,
} from '@periodic-backup/platform';
import { keeperOf, type CredentialsFolder, type CredentialsKeeper } from '@periodic-backup/trust';
import { drillDirOf, type AgentConfig } from './agent.config.js';
import type { AgentConnections } from './agent-connections.js';
import { removeLeftScratches } from './drill/scratch-directory.js';
import type { AgentQuestions } from './look/agent-questions.js';
import type { RunReports } from './reports/run-reports.js';
import type { AgentRuns } from './runs/agent-runs.js';
import type { PendingRules } from './state/pending-rules.js';
import type { TaskThreads } from './runs/run-task.js';

const DELIVERY_MS = 2_000;
/** Redis usually answers at once; without it the agent comes up all the same. */
const FIRST_ANSWER_MS = 1_000;

export interface AgentParts {
  readonly config: AgentConfig;
  readonly logger: Logger;
  readonly connections: AgentConnections;
  readonly threads: TaskThreads;
  readonly reports: RunReports;
  readonly runs: AgentRuns;
  readonly questions: AgentQuestions;
  readonly pending: PendingRules;
  readonly health: HealthServer;
  readonly credentials: CredentialsFolder;
}

/** The order in which an agent comes to life and goes. */
export class AgentProcess implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  readonly #presence: PresenceAnnouncer;
  readonly #keeper: CredentialsKeeper;
  #delivery: NodeJS.Timeout | undefined;
  #intake: Promise<void> = Promise.resolve();

  constructor(private readonly parts: AgentParts) {
    const { config, connections, runs, logger, credentials } = parts;
    this.#keeper = keeperOf(credentials, VERSION, logger);
    const startedAt = new Date().toISOString();
    const describe = (): Omit<AgentPresence, 'seenAt'> => ({
      agentId: config.AGENT_ID,
      hostname: hostname(),
      allowedDirs: config.ALLOWED_DIRS,
      backupDirs: config.BACKUP_DIRS,
      restoreDirs: config.RESTORE_DIRS,
      activeRuns: runs.runIds,
      version: VERSION,
      startedAt,
    });
    this.#presence = new PresenceAnnouncer(
      connections.producer,
      ownPlace(agentPresenceKey(config.AGENT_ID)),
      describe,
      logger,
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, threads, health, reports, runs, pending, logger } = this.parts;
    threads.open();
    const port = await health.listen(config.HEALTH_HOST, config.HEALTH_PORT);
    void this.#removeLeftDrills();
    for (const rule of pending.all()) void runs.resumeRule(rule.order);
    this.#delivery = setInterval(() => void reports.deliver(), DELIVERY_MS);
    this.#intake = this.#openIntake();
    this.#keeper.start();
    logger.info(
      { agentId: config.AGENT_ID, allowedDirs: config.ALLOWED_DIRS, healthPort: port },
      'agent ready',
    );
  }

  async onApplicationShutdown(): Promise<void> {
    const { config, connections, threads, health, runs, questions, logger } = this.parts;
    this.#stopping.abort();
    this.#keeper.close();
    await this.#intake;
    const deadlineMs = config.STOP_DEADLINE_SECONDS * 1000;
    await connections.pauseIntake();
    await questions.close();
    const stopped = await Promise.race([
      runs.stopAll().then(() => true),
      delay(deadlineMs, false, { ref: false }),
    ]);
    if (!stopped) logger.warn('runs did not stop in time; the next attempt resumes them');
    clearInterval(this.#delivery);
    await this.#presence.stop();
    await connections.close(1_000);
    await threads.close();
    await health.close();
  }

  /** What drills wrote before the agent died; nobody needs it, so that a failure is only told. */
  async #removeLeftDrills(): Promise<void> {
    const drillDir = drillDirOf(this.parts.config);
    await removeLeftScratches(drillDir).catch((error: unknown) =>
      this.parts.logger.warn(
        { drillDir, error: (error as Error).message },
        'what drills left behind could not be removed',
      ),
    );
  }

  /** Takes runs only after the scheduler was told that nothing of before lives: else it would end the new ones. */
  async #openIntake(): Promise<void> {
    const { reports, runs, questions, connections, config } = this.parts;
    await redisReady(connections.producer, FIRST_ANSWER_MS).catch(() => undefined);
    await this.#presence.start();
    while (!this.#stopping.signal.aborted) {
      try {
        await reports.deliver();
        await reports.agentStarted(runs.runIds);
        connections.openIntake(runs, questions, config.CONCURRENCY);
        return;
      } catch {
        // Redis is away; the connection logs it once.
        await delay(200, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
      }
    }
  }
}
