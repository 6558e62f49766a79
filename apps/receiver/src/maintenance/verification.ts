import type { RunCounts, TaskOrder, VaultJob, VerifyTask } from '@periodic-backup/contracts';
import type { Queue } from 'bullmq';
import type { Logger } from '@periodic-backup/platform';
import { NO_COUNTS, type TaskEnd, type TaskReporter } from '../reports/task-reporter.js';
import type { VaultVoice } from '../vault/vault-voice.js';
import type { VaultWork } from '../vault/vault-work.js';
import { mergeParts } from './merge-parts.js';
import type { BoardState, PartBoard, PartResult } from './part-board.js';
import { STOPPED, taskErrorOf } from './task-error.js';

const LOOK_EVERY_MS = 500;
/** Parts nobody has a result of are given out again so often; a part that stands in the queue is not doubled. */
const GIVE_OUT_EVERY_MS = 5_000;
/** Behind everything that has no priority: what a person asked for does not wait for a long verification. */
const PART_PRIORITY = 10;

export interface VerificationMeans {
  readonly work: VaultWork;
  readonly board: PartBoard;
  readonly reporter: TaskReporter;
  readonly queue: Queue;
  /** Signs the parts: receivers do what one of theirs has cut. */
  readonly voice: VaultVoice;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  readonly partBytes: number;
}

type VerifyOrder = TaskOrder & { readonly task: VerifyTask };
type PartJob = Extract<VaultJob, { type: 'verify-part' }>;

/**
 * One attempt of a verification, seen from the receiver that collects it: cuts it into parts for all receivers of
 * the vault, tells that it lives, and puts together what they found. It reads nothing itself. If this receiver dies, the
 * scheduler hears nothing more and sends the task again.
 */
export class Verification {
  #counts: RunCounts = NO_COUNTS;
  #endRest: () => void = () => undefined;

  constructor(
    private readonly order: VerifyOrder,
    private readonly means: VerificationMeans,
  ) {}

  /** Cuts it. What is returned follows it to its end and never throws; null: a newer attempt is under way. */
  async begin(): Promise<(() => Promise<void>) | null> {
    const { order, means } = this;
    if (!(await means.board.begin(order))) return null;
    await means.reporter.started(order);
    const still = means.reporter.keepAlive(order, () => this.#counts);
    try {
      const { place, task } = order;
      const limits = { partBytes: means.partBytes, bytesPerSecond: task.bytesPerSecond };
      const { snapshots, cuts } = await means.work.cut(place, task.snapshots, limits);
      const parts = partsOf({ ...order, task: { ...task, snapshots: [...snapshots] } }, cuts, means.voice);
      // Else retention could remove between two parts what the first has found good.
      const letGo = await means.work.hold(place, snapshots);
      return () => this.#follow(snapshots, parts, letGo).finally(still);
    } catch (cause) {
      still();
      await means.reporter.ended(order, failedWith(cause, NO_COUNTS), means.stop);
      return null;
    }
  }

  /** Looks at the parts now: one may be done, or the receiver stops. */
  look(): void {
    this.#endRest();
  }

  async #follow(
    snapshots: readonly string[],
    parts: readonly PartJob[],
    letGo: () => Promise<void>,
  ): Promise<void> {
    const { order, means } = this;
    const results = await this.#collect(parts).catch((cause: unknown) => failedWith(cause, this.#counts));
    await letGo();
    if (results === 'superseded') return;
    const end = 'error' in results ? results : endOf(snapshots, results);
    await means.reporter.ended(order, end, means.stop);
  }

  /** Gives the parts out until there is a result of each. */
  async #collect(parts: readonly PartJob[]): Promise<readonly PartResult[] | 'superseded' | TaskEnd> {
    const { board, stop } = this.means;
    for (let givenOutAtMs = Number.NEGATIVE_INFINITY; !stop.aborted;) {
      try {
        const state = await board.read(this.order);
        this.#counts = countsOf(state);
        const failed = [...state.results.values()].find(({ error }) => error !== null);
        if (failed) return { counts: this.#counts, problems: [], result: null, error: failed.error };
        const open = parts.filter(({ from }) => !state.results.has(from ?? ''));
        if (open.length === 0) return [...state.results.values()];
        if (!(await board.isCurrent(this.order))) return 'superseded';
        if (performance.now() - givenOutAtMs >= GIVE_OUT_EVERY_MS) {
          await this.#giveOut(parts, open);
          givenOutAtMs = performance.now();
        }
      } catch (error) {
        this.means.logger.debug({ error: (error as Error).message }, 'parts not looked at');
      }
      await this.#rest();
    }
    return { counts: this.#counts, problems: [], result: null, error: STOPPED };
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, LOOK_EVERY_MS);
      this.#endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #giveOut(parts: readonly PartJob[], open: readonly PartJob[]): Promise<void> {
    const { runId, epoch } = this.order;
    await this.means.queue.addBulk(
      open.map((data) => ({
        name: data.type,
        data,
        opts: {
          jobId: `${runId}.${epoch}.${parts.indexOf(data)}`,
          priority: PART_PRIORITY,
          removeOnComplete: true,
          removeOnFail: true,
        },
      })),
    );
  }
}

function partsOf(taskOrder: VerifyOrder, cuts: readonly Uint8Array[], voice: VaultVoice): PartJob[] {
  const paths = cuts.map((cut) => Buffer.from(cut).toString('base64'));
  return [null, ...paths].map((from, at) => {
    const part = { type: 'verify-part' as const, taskOrder, from, to: paths[at] ?? null };
    return { ...part, proof: voice.prove('part', part) };
  });
}

function countsOf({ results, live }: BoardState): RunCounts {
  const counts = { ...NO_COUNTS };
  // Of a part that is done its result counts, not how far it was last seen.
  for (const { filesRead, bytesRead } of new Map([...live, ...results]).values()) {
    counts.files += filesRead;
    counts.bytesRead += bytesRead;
  }
  for (const { damageCount } of results.values()) counts.filesFailed += damageCount;
  return counts;
}

function endOf(snapshots: readonly string[], parts: readonly PartResult[]): TaskEnd {
  const result = mergeParts(snapshots, parts);
  const { filesRead, bytesRead, damageCount } = result;
  const counts = { ...NO_COUNTS, files: filesRead, bytesRead, filesFailed: damageCount };
  return { counts, problems: [], result, error: null };
}

function failedWith(cause: unknown, counts: RunCounts): TaskEnd {
  return { counts, problems: [], result: null, error: taskErrorOf(cause) };
}
