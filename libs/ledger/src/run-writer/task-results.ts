import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Damage, TaskResult } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { RunRow } from '../reading/read-runs.js';
import { runs, snapshots } from '../schema.js';
import type { Attempt } from './move-runs.js';

type ResultOf<Kind extends TaskResult['kind']> = Extract<TaskResult, { kind: Kind }>;

/** queued, running → committed or partial: the attempt did what it was asked for. Null if the run was elsewhere. */
export async function closeTask(
  ledger: Ledger,
  { runId, epoch }: Attempt,
  { state, reason, result }: { state: 'committed' | 'partial'; reason: string | null; result: TaskResult },
): Promise<RunRow | null> {
  const [row] = await ledger
    .update(runs)
    .set({
      state,
      reason,
      error: null,
      notBefore: null,
      taskResult: storable(result),
      finishedAt: sql`now()`,
      startedAt: sql`coalesce(${runs.startedAt}, ${runs.queuedAt})`,
    })
    .where(and(eq(runs.id, runId), eq(runs.epoch, epoch), inArray(runs.state, ['queued', 'running'])))
    .returning();
  return row ?? null;
}

/** Keeps what an attempt had done when it failed. */
export async function noteTaskResult(
  ledger: Ledger,
  { runId, epoch }: Attempt,
  result: TaskResult,
): Promise<void> {
  await ledger
    .update(runs)
    .set({ taskResult: storable(result) })
    .where(and(eq(runs.id, runId), eq(runs.epoch, epoch)));
}

/** Notes at each snapshot of these plans, which share a place, what a verification found. Safe to repeat; an older one does not undo a newer one. */
export async function noteVerification(
  ledger: Ledger,
  planIds: readonly string[],
  found: ResultOf<'verify'>,
  at: Date,
): Promise<void> {
  const damaged = new Map<string, Damage[]>();
  for (const damage of storable(found).damages)
    damaged.set(damage.snapshot, [...(damaged.get(damage.snapshot) ?? []), damage]);
  const sound = found.verified.filter((snapshot) => !damaged.has(snapshot));
  if (sound.length > 0)
    await ledger
      .update(snapshots)
      .set({ verifiedAt: at, damages: null })
      .where(
        and(
          inArray(snapshots.planId, [...planIds]),
          inArray(snapshots.snapshot, sound),
          sql`coalesce(${snapshots.verifiedAt}, '-infinity') <= ${at.toISOString()}::timestamptz`,
        ),
      );
  for (const [snapshot, damages] of damaged)
    await ledger
      .update(snapshots)
      .set({ damages })
      .where(
        and(
          inArray(snapshots.planId, [...planIds]),
          eq(snapshots.snapshot, snapshot),
          sql`coalesce(${snapshots.verifiedAt}, '-infinity') <= ${at.toISOString()}::timestamptz`,
        ),
      );
}

/** Notes which snapshots of these plans, which share a place, are gone. Safe to repeat: the first removal counts. */
export async function noteRemoval(
  ledger: Ledger,
  planIds: readonly string[],
  removed: readonly string[],
  at: Date,
): Promise<void> {
  if (removed.length === 0) return;
  await ledger
    .update(snapshots)
    .set({ removedAt: at })
    .where(
      and(
        inArray(snapshots.planId, [...planIds]),
        inArray(snapshots.snapshot, [...removed]),
        isNull(snapshots.removedAt),
      ),
    );
}

/** PostgreSQL's json holds neither NUL nor half a surrogate pair. */
function storable<T extends TaskResult>(result: T): T {
  return JSON.parse(JSON.stringify(result), (_key, value: unknown) =>
    typeof value === 'string' ? Buffer.from(value.replaceAll('\0', '\u{fffd}')).toString() : value,
  ) as T;
}
