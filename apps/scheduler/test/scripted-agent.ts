import { z } from 'zod';
import {
  AgentTaskJob,
  CancelJob,
  RunJob,
  agentCancelQueue,
  agentPresenceKey,
  agentQueue,
  type RunCounts,
  type RunError,
} from '@periodic-backup/contracts';
import { PresenceAnnouncer, closeWorker, consume, ownPlace } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';
import type { Worker } from 'bullmq';
import { logger, type TestBed } from './test-bed.js';
import type { ScriptedVault } from './scripted-vault.js';

export const COUNTS: RunCounts = {
  entries: 3,
  files: 2,
  bytesRead: 200,
  bytesSent: 100,
  bytesStored: 90,
  filesFailed: 0,
};

/** An agent that does nothing by itself: the test reads its jobs and says what it reports. */
export class ScriptedAgent {
  readonly jobs: RunJob[] = [];
  readonly tasks: AgentTaskJob[] = [];
  readonly cancels: string[] = [];
  /** Named in its heartbeats. */
  activeRuns: string[] = [];
  readonly #workers: Worker[];
  readonly #announcer: PresenceAnnouncer;

  constructor(
    private readonly bed: TestBed,
    readonly agentId: string,
  ) {
    const options = { connection: bed.redis, logger };
    this.#workers = [
      consume(
        agentQueue(agentId),
        z.union([RunJob, AgentTaskJob]),
        async (job) => void ('order' in job ? this.jobs.push(job) : this.tasks.push(job)),
        options,
      ),
      consume(
        agentCancelQueue(agentId),
        CancelJob,
        async ({ runId }) => void this.cancels.push(runId),
        options,
      ),
    ];
    const startedAt = new Date().toISOString();
    this.#announcer = new PresenceAnnouncer(
      bed.redis,
      ownPlace(agentPresenceKey(agentId)),
      () => ({
        agentId,
        hostname: 'host',
        allowedDirs: ['/srv'],
        backupDirs: [],
        restoreDirs: [],
        activeRuns: this.activeRuns,
        version: '1',
        startedAt,
      }),
      logger,
    );
  }

  static async start(bed: TestBed, agentId: string): Promise<ScriptedAgent> {
    const agent = new ScriptedAgent(bed, agentId);
    await agent.comeOnline();
    return agent;
  }

  comeOnline(): Promise<void> {
    return this.#announcer.start();
  }

  goOffline(): Promise<void> {
    return this.#announcer.stop();
  }

  /** Announces what it is doing now rather than at the next heartbeat. */
  beat(): Promise<void> {
    return this.#announcer.announce();
  }

  /** Jobs arrive and stay on its queue. */
  async holdJobs(): Promise<void> {
    await this.#workers[0]!.pause();
  }

  /** The `nth` job it got, counted from 1. */
  job(nth = 1): Promise<RunJob> {
    return until(() => this.jobs[nth - 1], { what: `job ${nth} of agent ${this.agentId}` });
  }

  /** The `nth` task it got, counted from 1. */
  task(nth = 1): Promise<AgentTaskJob> {
    return until(() => this.tasks[nth - 1], { what: `task ${nth} of agent ${this.agentId}` });
  }

  async started({ order: { runId, epoch } }: RunJob, at = new Date()): Promise<void> {
    const { agentId } = this;
    await this.bed.report({ type: 'started', runId, epoch, agentId, at: at.toISOString() });
    await this.bed.runIn(runId, 'running');
  }

  async committed(job: RunJob, vault: ScriptedVault, counts: Partial<RunCounts> = {}): Promise<void> {
    await this.#ended(job, { counts: { ...COUNTS, ...counts }, receipt: vault.receiptFor(job), error: null });
  }

  async failed(job: RunJob, error: RunError): Promise<void> {
    await this.#ended(job, { counts: COUNTS, receipt: null, error });
  }

  async close(): Promise<void> {
    await this.goOffline();
    await Promise.all(this.#workers.map((worker) => closeWorker(worker, 2000)));
  }

  async #ended(
    { order: { runId, epoch } }: RunJob,
    outcome: {
      counts: RunCounts;
      receipt: ReturnType<ScriptedVault['receiptFor']> | null;
      error: RunError | null;
    },
  ): Promise<void> {
    const at = new Date().toISOString();
    const { agentId } = this;
    await this.bed.report({ type: 'ended', runId, epoch, agentId, at, problems: [], ...outcome });
  }
}
