import { eq, sql } from 'drizzle-orm';
import { randomUUID } from 'node:crypto';
import type { Receipt, RunCounts, RunProblem, SnapshotPlace } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { RunRow } from '../reading/read-runs.js';
import { figuresOf } from './move-runs.js';
import { plans, runProblems, runs, snapshots } from '../schema.js';
import { wholeRows } from '../whole-rows.js';

const RUN = wholeRows(runs);

/**
 * Closes a run as its genuine receipt says, whatever the ledger believed of it, and records the snapshot. Safe to
 * repeat. `counts`: the agent's figures of this attempt; null: nobody told, and the receipt's stand in.
 */
export async function closeWithReceipt(
  ledger: Ledger,
  receipt: Receipt,
  {
    state,
    reason,
    counts,
  }: { state: 'committed' | 'partial'; reason: string | null; counts: RunCounts | null },
): Promise<RunRow | null> {
  const update = ledger
    .update(runs)
    .set({
      state,
      reason,
      error: null,
      notBefore: null,
      heldBack: false,
      receipt,
      snapshot: receipt.snapshot,
      finishedAt: sql`case when ${runs.state} in ('committed', 'partial') then ${runs.finishedAt} else now() end`,
      ...(counts ? figuresOf(counts) : figuresOfReceipt(receipt)),
    })
    .where(sql`${runs.id} = ${receipt.runId} and ${runs.kind} = 'backup'`)
    .getSQL();
  const row = RUN.first(await ledger.execute(sql`${update} returning ${RUN.columns}`));
  if (!row) return null;
  await recordSnapshot(ledger, receipt);
  return row;
}

function figuresOfReceipt({ counts }: Receipt) {
  return { entries: counts.entries, files: counts.files, bytesStored: counts.storedBytes };
}

/** Notes the genuine receipt of a run that goes on, and records the snapshot: it is safe already. Safe to repeat. */
export async function keepReceipt(ledger: Ledger, receipt: Receipt): Promise<void> {
  await ledger.update(runs).set({ receipt, snapshot: receipt.snapshot }).where(eq(runs.id, receipt.runId));
  await recordSnapshot(ledger, receipt);
}

/**
 * Records what a genuine receipt says, also one of a run that the ledger does not know. With `place` it is the vault that
 * speaks: where the snapshot lies now, and that it is there at `saidAt`, should it count as removed before. Safe to repeat.
 */
export async function recordSnapshot(
  ledger: Ledger,
  receipt: Receipt,
  place: SnapshotPlace | null = null,
  saidAt = new Date(),
): Promise<void> {
  const where = place ?? placeOf(receipt);
  const insert = ledger.insert(snapshots).values({
    id: randomUUID(),
    planId: receipt.planId,
    vaultId: receipt.vaultId,
    runId: receipt.runId,
    snapshot: receipt.snapshot,
    previous: receipt.previous,
    manifestDigest: receipt.manifestDigest,
    counts: receipt.counts,
    committedAt: new Date(receipt.committedAt),
    agentId: receipt.agentId,
    ...where,
  });
  if (!place) await insert.onConflictDoNothing();
  else {
    // What was said before the removal does not undo it.
    const removedAt = sql`case when ${snapshots.removedAt} < ${saidAt.toISOString()}::timestamptz then null else ${snapshots.removedAt} end`;
    await insert.onConflictDoUpdate({ target: snapshots.runId, set: { ...place, removedAt } });
  }
}

/** Of a plan that the ledger knows: agent and name are folders for ever. */
function placeOf({ planId, agentId }: Receipt) {
  return {
    agentFolder: agentId,
    planFolder: sql`coalesce((select ${plans.name} from ${plans} where ${plans.id} = ${planId}), ${planId})`,
  };
}

/** Replaces what is known of the paths a run could not store as it should. */
export async function recordProblems(
  ledger: Ledger,
  runId: string,
  problems: readonly RunProblem[],
): Promise<void> {
  await ledger.delete(runProblems).where(eq(runProblems.runId, runId));
  if (problems.length === 0) return;
  await ledger
    .insert(runProblems)
    .values(problems.map((problem, position) => ({ runId, position, ...withoutNul(problem) })));
}

/** PostgreSQL's text cannot hold NUL. */
function withoutNul({ path, code, message }: RunProblem): RunProblem {
  const clean = (text: string): string => text.replaceAll('\0', '\u{fffd}');
  return { path: clean(path), code: clean(code), message: clean(message) };
}
