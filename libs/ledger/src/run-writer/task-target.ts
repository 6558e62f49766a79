import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { SnapshotPlace, Task } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { plans, snapshots } from '../schema.js';

/** Where a task finds its snapshots. */
export interface TaskTarget {
  readonly vaultId: string;
  readonly place: SnapshotPlace;
  /** The agent that sent them. */
  readonly agentId: string;
  /** The one snapshot it is about is not there any more. */
  readonly snapshotRemoved: boolean;
}

/**
 * Where the snapshots of a task lie: what the ledger knows of the one snapshot it reads, else the plan, deleted ones
 * too, else any snapshot that bears the plan's id. Null if nothing is known.
 */
export async function findTaskTarget(ledger: Ledger, planId: string, task: Task): Promise<TaskTarget | null> {
  const named = task.kind === 'restore' || task.kind === 'drill' ? task.snapshot : null;
  return (
    (named && (await bySnapshot(ledger, planId, named))) ||
    (await byPlan(ledger, planId)) ||
    (await bySnapshot(ledger, planId, null))
  );
}

/**
 * Every plan whose snapshots lie in one place: more than one where a plan was made anew under its old name after the
 * ledger was lost.
 */
export async function planIdsAt(
  ledger: Ledger,
  { vaultId, place }: Pick<TaskTarget, 'vaultId' | 'place'>,
): Promise<string[]> {
  const rows = await ledger
    .selectDistinct({ planId: snapshots.planId })
    .from(snapshots)
    .where(
      and(
        eq(snapshots.vaultId, vaultId),
        eq(snapshots.agentFolder, place.agentFolder),
        eq(snapshots.planFolder, place.planFolder),
      ),
    );
  return rows.map(({ planId }) => planId);
}

async function bySnapshot(
  ledger: Ledger,
  planId: string,
  snapshot: string | null,
): Promise<TaskTarget | null> {
  const [row] = await ledger
    .select()
    .from(snapshots)
    .where(
      and(
        eq(snapshots.planId, planId),
        snapshot === null ? isNull(snapshots.removedAt) : eq(snapshots.snapshot, snapshot),
      ),
    )
    .orderBy(sql`${snapshots.removedAt} asc nulls first`, desc(snapshots.committedAt))
    .limit(1);
  if (!row) return null;
  const { vaultId, agentId, agentFolder, planFolder, removedAt } = row;
  return { vaultId, agentId, place: { agentFolder, planFolder }, snapshotRemoved: removedAt !== null };
}

/** Agent and name of a plan are folders for ever. */
async function byPlan(ledger: Ledger, planId: string): Promise<TaskTarget | null> {
  const [plan] = await ledger.select().from(plans).where(eq(plans.id, planId));
  if (!plan) return null;
  const { vaultId, agentId, name } = plan;
  return { vaultId, agentId, place: { agentFolder: agentId, planFolder: name }, snapshotRemoved: false };
}
