import { randomUUID, X509Certificate } from 'node:crypto';
import {
  AgentAskJob,
  AgentTaskJob,
  CancelJob,
  RUN_EVENTS,
  RunJob,
  agentAskQueue,
  agentCancelQueue,
  agentQueue,
  proveKey,
  reportJobId,
  type RunEvent,
  type SignedReport,
} from '@periodic-backup/contracts';
import {
  closeWorker,
  connectRedis,
  consume,
  openQueue,
  type Logger,
  type RedisClient,
} from '@periodic-backup/platform';
import type { CredentialsFolder } from '@periodic-backup/trust';
import type { Queue, Worker } from 'bullmq';
import { z } from 'zod';
import type { AgentQuestions } from './look/agent-questions.js';
import type { AgentRuns } from './runs/agent-runs.js';

/** People who fill in a form wait for the answers. */
const QUESTIONS_AT_ONCE = 4;

/**
 * An idle worker is woken by the job that is added; that it looks for itself as well, thousands of agents ask Redis for.
 * BullMQ blocks for 10 s at most: longer is not safe when a connection is lost.
 */
const IDLE_SECONDS = 10;

/** A task is told apart from a backup by its member `taskOrder`. */
const AgentJob = z.union([AgentTaskJob, RunJob]);

/** All that the agent has open towards Redis. */
export class AgentConnections {
  readonly producer: RedisClient;
  readonly #worker: RedisClient;
  readonly #events: Queue;
  #workers: Worker[] = [];

  constructor(
    private readonly agentId: string,
    private readonly credentials: CredentialsFolder,
    private readonly logger: Logger,
    redisUrl: string,
    redisTlsCa?: string,
  ) {
    this.producer = connectRedis(redisUrl, 'producer', logger, redisTlsCa);
    this.#worker = connectRedis(redisUrl, 'worker', logger, redisTlsCa);
    this.#events = openQueue(RUN_EVENTS, this.producer, logger, { guest: true });
  }

  /** Signed with this agent's key. A report with the same name is there once. */
  readonly sendEvent = async (event: RunEvent, name: string = randomUUID()): Promise<void> => {
    const { certificate, privateKey } = this.credentials.load();
    const report: SignedReport = {
      report: event,
      by: { kind: 'agent', certificate: new X509Certificate(certificate).raw.toString('base64') },
      signature: proveKey('report', event, privateKey),
    };
    await this.#events.add(event.type, report, { jobId: reportJobId('agent', this.agentId, name) });
  };

  readonly sendLive = async (channel: string, message: string): Promise<void> => {
    await this.producer.publish(channel, message);
  };

  /** Why Redis cannot be used, or null. */
  readonly check = async (): Promise<string | null> => {
    return (await this.producer.ping()) === 'PONG' ? null : 'Redis does not answer';
  };

  /** Begins to take runs, wishes to cancel and questions. Repeating a job is safe: see AgentRuns, AgentQuestions. */
  openIntake(runs: AgentRuns, questions: AgentQuestions, concurrency: number): void {
    const { logger } = this;
    const options = { connection: this.#worker, logger, drainDelay: IDLE_SECONDS };
    this.#workers = [
      consume(agentQueue(this.agentId), AgentJob, (job) => runs.take(job), { ...options, concurrency }),
      consume(
        agentCancelQueue(this.agentId),
        CancelJob,
        (job) => {
          runs.cancel(job);
          return Promise.resolve();
        },
        options,
      ),
      consume(agentAskQueue(this.agentId), AgentAskJob, (job) => questions.take(job), {
        ...options,
        concurrency: QUESTIONS_AT_ONCE,
      }),
    ];
  }

  /** Takes no further job; those under way go on. */
  async pauseIntake(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.pause(true)));
  }

  async close(deadlineMs: number): Promise<void> {
    await Promise.all(this.#workers.map((worker) => closeWorker(worker, deadlineMs)));
    await this.#events.close().catch(() => undefined);
    this.producer.disconnect();
    this.#worker.disconnect();
  }
}
