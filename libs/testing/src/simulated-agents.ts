import {
  PRESENCE_TTL_MS,
  RUN_EVENTS,
  RunJob,
  agentPresenceKey,
  agentQueue,
  queuePrefix,
  reportJobId,
  type AgentPresence,
  type RunEvent,
  type SignedReport,
} from '@periodic-backup/contracts';
import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { SimulatedVault } from './simulated-vault.js';
import type { TestMembers } from './test-members.js';

/** As real agents do. */
const AGENT_IDLE_SECONDS = 10;

/** Agents that take their runs from real queues and answer at once, without moving bytes. */
export class SimulatedAgents {
  /** How often each run arrived, by run id. */
  readonly deliveries = new Map<string, number>();
  /** Jobs taken from their queues, and reports made. */
  runs = 0;
  events = 0;
  readonly #workers: Worker[] = [];
  readonly #reports: Queue;
  readonly #shared: Redis;

  constructor(
    redisUrl: string,
    readonly ids: readonly string[],
    private readonly vault: SimulatedVault,
    /** Its authority is to be the control plane's. */
    private readonly members: TestMembers,
  ) {
    this.#shared = new Redis(redisUrl, { maxRetriesPerRequest: null });
    this.#reports = new Queue(RUN_EVENTS, {
      connection: this.#shared,
      prefix: queuePrefix(RUN_EVENTS),
      defaultJobOptions: { removeOnComplete: true, removeOnFail: 1000 },
    });
  }

  async start(): Promise<void> {
    for (const id of this.ids) {
      const queue = agentQueue(id);
      const worker = new Worker(queue, (job) => this.#take(RunJob.parse(job.data)), {
        connection: this.#shared,
        prefix: queuePrefix(queue),
        concurrency: 2,
        drainDelay: AGENT_IDLE_SECONDS,
      });
      worker.on('error', (error) => console.error(`agent ${id}: ${error.message}`));
      this.#workers.push(worker);
    }
    await Promise.all(this.#workers.map((worker) => worker.waitUntilReady()));
  }

  /** Says that every agent is alive. */
  async announce(): Promise<void> {
    const pipeline = this.#shared.pipeline();
    const seenAt = new Date().toISOString();
    for (const agentId of this.ids) {
      const presence: AgentPresence = {
        agentId,
        hostname: agentId,
        allowedDirs: ['/simulated'],
        backupDirs: [],
        restoreDirs: [],
        activeRuns: [],
        version: 'simulated',
        startedAt: seenAt,
        seenAt,
      };
      pipeline.set(agentPresenceKey(agentId), JSON.stringify(presence), 'PX', PRESENCE_TTL_MS);
    }
    await pipeline.exec();
  }

  async close(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.close(true)));
    await this.#reports.close();
    this.#shared.disconnect();
  }

  async #take({ order, receivers }: RunJob): Promise<void> {
    this.runs++;
    this.deliveries.set(order.runId, (this.deliveries.get(order.runId) ?? 0) + 1);
    const attempt = { runId: order.runId, epoch: order.epoch, agentId: order.agentId };
    const now = (): string => new Date().toISOString();
    const counts = { entries: 1, files: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, filesFailed: 0 };
    await this.#report({ ...attempt, type: 'started', at: now() });
    await this.#report({
      ...attempt,
      type: 'connected',
      at: now(),
      receiverId: receivers[0]?.receiverId ?? 'none',
    });
    const receipt = this.vault.commit(order);
    await this.#add(
      this.vault.signed({ type: 'receipt', receipt }),
      reportJobId('receiver', 'simulated', randomUUID()),
    );
    await this.#report({ ...attempt, type: 'ended', at: now(), counts, problems: [], receipt, error: null });
  }

  #report(event: RunEvent & { readonly agentId: string }): Promise<void> {
    const { agentId } = event;
    return this.#add(this.members.signedBy(agentId, event), reportJobId('agent', agentId, randomUUID()));
  }

  async #add(report: SignedReport, jobId: string): Promise<void> {
    this.events++;
    await this.#reports.add(report.report.type, report, { jobId });
  }
}
