import type { TaskOrder, VaultJob, VerifyTask } from '@periodic-backup/contracts';
import { ByteBucket } from '@periodic-backup/protocol';
import type { VerifyReport } from '@periodic-backup/vault';
import { setTimeout as pause } from 'node:timers/promises';
import type { VaultWork } from '../vault/vault-work.js';
import type { PartBoard, PartResult } from './part-board.js';
import { taskErrorOf } from './task-error.js';

export type VerifyPartJob = Extract<VaultJob, { type: 'verify-part' }> & {
  readonly taskOrder: TaskOrder & { readonly task: VerifyTask };
};

const NOTE_EVERY_MS = 2_000;
const RETRY_AFTER_MS = 1_000;
/** A part that ends its receiver again and again must not go round for ever. */
const MOST_STARTS = 5;
const MOST_DAMAGES = 1000;
/** While a rate holds, what is read at once is a tenth of a second's worth, at least this. */
const LEAST_STEP_BYTES = 64 * 1024;

interface Means {
  readonly work: VaultWork;
  readonly board: PartBoard;
  readonly stop: AbortSignal;
}

/**
 * Verifies one part and notes what it found where the receiver that collects looks. Throws if it cannot note it, or
 * has to stop: the part is then given out again. Reading twice does no harm.
 */
export async function verifyPart(job: VerifyPartJob, means: Means): Promise<void> {
  const { taskOrder, from } = job;
  const { board, stop } = means;
  if (!(await board.isCurrent(taskOrder))) return;
  const result = await resultOf(job, means);
  if (result === 'superseded') return;
  while (!stop.aborted) {
    try {
      return await board.noteResult(taskOrder, from, result);
    } catch {
      await pause(RETRY_AFTER_MS, undefined, { signal: stop });
    }
  }
  stop.throwIfAborted();
}

async function resultOf(job: VerifyPartJob, means: Means): Promise<PartResult | 'superseded'> {
  const { taskOrder, from } = job;
  if ((await means.board.countStart(taskOrder, from)) > MOST_STARTS)
    return failedWith(
      new Error(`Its part from ${from ?? 'the start'} was begun ${MOST_STARTS} times and never ended.`),
    );
  try {
    const report = await read(job, means);
    return report === 'superseded' ? report : partResultOf(report);
  } catch (error) {
    means.stop.throwIfAborted();
    return failedWith(error);
  }
}

async function read(job: VerifyPartJob, { work, board, stop }: Means): Promise<VerifyReport | 'superseded'> {
  const { taskOrder, from, to } = job;
  const { snapshots, bytesPerSecond } = taskOrder.task;
  const bucket = new ByteBucket(bytesPerSecond);
  const stepBytes =
    bytesPerSecond === null ? Number.POSITIVE_INFINITY : Math.max(LEAST_STEP_BYTES, bytesPerSecond / 10);
  const reading = work.verify({
    place: taskOrder.place,
    snapshots: snapshots ?? [],
    from: bytesOf(from),
    to: bytesOf(to),
    stepBytes,
  });
  let spentBytes = 0;
  let notedAtMs = performance.now();
  try {
    for (;;) {
      const { value, done } = await reading.next();
      if (done) return value;
      stop.throwIfAborted();
      bucket.spend(value.bytesRead - spentBytes);
      spentBytes = value.bytesRead;
      if (performance.now() - notedAtMs >= NOTE_EVERY_MS) {
        notedAtMs = performance.now();
        if (!(await stillWanted(board, taskOrder, from, value))) return 'superseded';
      }
      await rest(bucket, stop);
    }
  } finally {
    await reading.return(undefined as never);
  }
}

/** Notes how far it is. While Redis is away reading goes on. */
async function stillWanted(
  board: PartBoard,
  order: TaskOrder,
  from: string | null,
  progress: { filesRead: number; bytesRead: number },
): Promise<boolean> {
  try {
    await board.noteProgress(order, from, progress);
    return await board.isCurrent(order);
  } catch {
    return true;
  }
}

async function rest(bucket: ByteBucket, stop: AbortSignal): Promise<void> {
  const { delayMs } = bucket;
  if (delayMs > 0) await pause(delayMs, undefined, { signal: stop });
}

function partResultOf({ filesRead, bytesRead, damages, damageCount }: VerifyReport): PartResult {
  return { filesRead, bytesRead, damages: damages.slice(0, MOST_DAMAGES), damageCount, error: null };
}

function failedWith(cause: unknown): PartResult {
  return { filesRead: 0, bytesRead: 0, damages: [], damageCount: 0, error: taskErrorOf(cause) };
}

function bytesOf(path: string | null): Buffer | null {
  return path === null ? null : Buffer.from(path, 'base64');
}
