import { VaultJob, vaultQueue, type TaskOrder } from '@periodic-backup/contracts';
import { closeWorker, consume, openQueue, type Logger, type RedisClient } from '@periodic-backup/platform';
import { UnrecoverableError, type Queue, type Worker } from 'bullmq';
import type { KeyObject } from 'node:crypto';
import { waitAtMost } from '../operations/wait-at-most.js';
import { NO_COUNTS, type TaskReporter } from '../reports/task-reporter.js';
import type { VaultVoice } from '../vault/vault-voice.js';
import type { VaultWork } from '../vault/vault-work.js';
import { PartBoard } from './part-board.js';
import { prune } from './prune.js';
import { reindex } from './reindex.js';
import { Verification } from './verification.js';
import type { VaultJobGate } from './vault-job-gate.js';
import { verifyPart } from './verify-part.js';

const CLOSE_DEADLINE_MS = 2_000;
/** Work of a receiver that was killed is given to another one within the sum of these. */
const LOCK_MS = 15_000;
const STALLED_INTERVAL_MS = 10_000;

export interface VaultJobsOptions {
  readonly vaultId: string;
  /** Jobs at once. */
  readonly concurrency: number;
  /** About so much of a verification is one job. */
  readonly partBytes: number;
  /** For the worker, which waits for Redis, and for what fails at once without it. */
  readonly redis: { readonly worker: RedisClient; readonly producer: RedisClient };
}

/**
 * Takes work on the vault from its queue, as all its receivers do. Running a job twice is safe: verifying and telling of
 * receipts change nothing, and what is removed already stays so.
 */
export class VaultJobs {
  readonly #stop = new AbortController();
  /** Those that this receiver collects. */
  readonly #verifications = new Map<Verification, Promise<void>>();
  readonly #board: PartBoard;
  #queue: Queue | undefined;
  #worker: Worker | undefined;
  #stopping: Promise<void> | undefined;

  constructor(
    private readonly options: VaultJobsOptions,
    private readonly work: VaultWork,
    private readonly reporter: TaskReporter,
    private readonly trust: {
      readonly gate: VaultJobGate;
      readonly voice: VaultVoice;
      readonly ticketKey: KeyObject;
    },
    private readonly tell: { readonly logger: Logger; readonly onJob: (type: VaultJob['type']) => void },
  ) {
    this.#board = new PartBoard(options.redis.producer, trust.voice, trust.ticketKey);
  }

  start(): void {
    const { vaultId, concurrency, redis } = this.options;
    const { logger } = this.tell;
    const name = vaultQueue(vaultId);
    this.#queue = openQueue(name, redis.producer, logger);
    this.#worker = consume(
      name,
      VaultJob,
      async (payload) => {
        await this.#take(payload);
        this.tell.onJob(payload.type);
      },
      {
        connection: redis.worker,
        logger,
        concurrency,
        lockDuration: LOCK_MS,
        stalledInterval: STALLED_INTERVAL_MS,
      },
    );
  }

  /** Gives up what is under way, for others to take up. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#close();
    return this.#stopping;
  }

  async #close(): Promise<void> {
    this.#stop.abort();
    this.#lookAtParts();
    await Promise.all(this.#verifications.values());
    const closed = Promise.all([
      this.#worker && closeWorker(this.#worker, CLOSE_DEADLINE_MS),
      this.#queue?.close(),
    ]);
    // While Redis is away a worker cannot be closed: it ends with the process.
    await waitAtMost(closed, 2 * CLOSE_DEADLINE_MS);
    this.options.redis.worker.disconnect();
  }

  async #take(payload: VaultJob): Promise<void> {
    const { work, reporter } = this;
    const { signal: stop } = this.#stop;
    const verdict = this.trust.gate.judge(payload);
    if (verdict.kind === 'forged') return;
    if (verdict.kind === 'expired') return this.#tooLate(payload, verdict.reason);
    switch (payload.type) {
      case 'reindex': {
        const snapshots = await reindex({ work, reporter, stop });
        return this.tell.logger.info({ snapshots }, 'all snapshots told');
      }
      case 'verify-part': {
        const { taskOrder } = payload;
        if (!isOrderTo(taskOrder, 'verify')) throw misplaced(taskOrder);
        await verifyPart({ ...payload, taskOrder }, { work, board: this.#board, stop });
        return this.#lookAtParts();
      }
      case 'task':
        return this.#takeTask(payload.taskOrder, verdict.signedAt);
    }
  }

  /** The scheduler signs it anew, if it still wants it. */
  async #tooLate(job: VaultJob, reason: string): Promise<void> {
    if (job.type !== 'task') return;
    const error = { code: 'TICKET_EXPIRED', message: reason, retryable: true };
    const end = { counts: NO_COUNTS, problems: [], result: null, error };
    await this.reporter.ended(job.taskOrder, end, this.#stop.signal);
  }

  async #takeTask(order: TaskOrder, orderedAt: Date): Promise<void> {
    const { work, reporter } = this;
    const { logger } = this.tell;
    const { signal: stop } = this.#stop;
    if (isOrderTo(order, 'prune')) return prune(order, orderedAt, { work, reporter, stop });
    if (!isOrderTo(order, 'verify')) throw misplaced(order);
    const { partBytes } = this.options;
    const queue = this.#queue as Queue;
    const { voice } = this.trust;
    const means = { work, board: this.#board, reporter, queue, voice, logger, stop, partBytes };
    // The parts need this receiver's place: following them takes none.
    const verification = new Verification(order, means);
    const follow = await verification.begin();
    if (!follow) return;
    const followed = follow().finally(() => this.#verifications.delete(verification));
    this.#verifications.set(verification, followed);
  }

  #lookAtParts(): void {
    for (const verification of this.#verifications.keys()) verification.look();
  }
}

function isOrderTo<Kind extends TaskOrder['task']['kind']>(
  order: TaskOrder,
  kind: Kind,
): order is TaskOrder & { task: Extract<TaskOrder['task'], { kind: Kind }> } {
  return order.task.kind === kind;
}

function misplaced({ runId, task }: TaskOrder): UnrecoverableError {
  return new UnrecoverableError(`Run ${runId} is no work for a vault: ${task.kind}.`);
}
