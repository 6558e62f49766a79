import { sql } from 'drizzle-orm';
import type { Damage } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import { vaults } from '../schema.js';
import { instantOf } from './instant-of.js';

/** How many snapshots before the newest make its history. */
export const HISTORY_SNAPSHOTS = 10;

/** A plan's newest snapshot beside the median of those before. */
export interface SnapshotFacts {
  readonly planId: string;
  readonly planName: string;
  readonly snapshot: string;
  readonly committedAt: Date;
  readonly files: number;
  readonly bytes: number;
  /** Files whose content arrived with it. */
  readonly storedFiles: number;
  /** How many snapshots the medians are of, at most `HISTORY_SNAPSHOTS`. */
  readonly history: number;
  readonly usualFiles: number;
  readonly usualBytes: number;
  /** Median share of files with new content, 0 to 1; the very first snapshot, all new, is not counted. */
  readonly usualChangedShare: number;
}

/** Of every live plan that has a snapshot and is not paused. Removed snapshots are history all the same. */
export async function snapshotFacts(ledger: Ledger): Promise<SnapshotFacts[]> {
  const { rows } = await ledger.execute<{
    plan_id: string;
    plan_name: string;
    snapshot: string;
    committed_at: string;
    files: number;
    bytes: number;
    stored_files: number;
    history: number;
    usual_files: number | null;
    usual_bytes: number | null;
    usual_share: number | null;
  }>(sql`
    select plans.id as plan_id, plans.name as plan_name, newest.snapshot, newest.committed_at,
      (newest.counts->>'files')::float8 as files, (newest.counts->>'bytes')::float8 as bytes,
      (newest.counts->>'storedFiles')::float8 as stored_files, past.*
    from plans
    cross join lateral (
      select snapshots.* from snapshots where plan_id = plans.id order by committed_at desc, id desc limit 1
    ) as newest
    cross join lateral (
      select count(*)::int as history,
        percentile_cont(0.5) within group (order by (counts->>'files')::float8) as usual_files,
        percentile_cont(0.5) within group (order by (counts->>'bytes')::float8) as usual_bytes,
        percentile_cont(0.5) within group (order by (counts->>'storedFiles')::float8 / greatest((counts->>'files')::float8, 1))
          filter (where previous is not null) as usual_share
      from (
        select counts, previous from snapshots where plan_id = plans.id and id <> newest.id
        order by committed_at desc, id desc limit ${HISTORY_SNAPSHOTS}
      ) as before
    ) as past
    where plans.deleted_at is null and plans.paused_at is null`);
  return rows.map((row) => ({
    planId: row.plan_id,
    planName: row.plan_name,
    snapshot: row.snapshot,
    committedAt: instantOf(row.committed_at) ?? new Date(0),
    files: row.files,
    bytes: row.bytes,
    storedFiles: row.stored_files,
    history: row.history,
    usualFiles: row.usual_files ?? 0,
    usualBytes: row.usual_bytes ?? 0,
    usualChangedShare: row.usual_share ?? 0,
  }));
}

/** A plan with snapshots in which a verification found damage. */
export interface DamageFacts {
  readonly planId: string;
  readonly planName: string;
  readonly snapshots: number;
  /** At most 1000 per snapshot. */
  readonly damages: number;
  /** The newest one's first. */
  readonly example: Damage | null;
}

/** Also of plans that are paused, deleted or unknown: their snapshots still exist. */
export async function damageFacts(ledger: Ledger): Promise<DamageFacts[]> {
  const { rows } = await ledger.execute<{
    plan_id: string;
    plan_name: string;
    snapshots: number;
    damages: number;
    example: Damage | null;
  }>(sql`
    select snapshots.plan_id, coalesce(max(plans.name), max(snapshots.plan_folder)) as plan_name, count(*)::int as snapshots,
      sum(jsonb_array_length(damages))::int as damages,
      (array_agg(damages->0 order by committed_at desc))[1] as example
    from snapshots left join plans on plans.id = snapshots.plan_id
    where damages is not null and removed_at is null and jsonb_array_length(damages) > 0
    group by snapshots.plan_id`);
  return rows.map((row) => ({
    planId: row.plan_id,
    planName: row.plan_name,
    snapshots: row.snapshots,
    damages: row.damages,
    example: row.example,
  }));
}

/** Bytes of the largest among the newest snapshots of a vault's live plans, by vault. */
export async function largestNewestSnapshots(ledger: Ledger): Promise<ReadonlyMap<string, number>> {
  const { rows } = await ledger.execute<{ vault_id: string; bytes: number }>(sql`
    select plans.vault_id, max((newest.counts->>'bytes')::float8) as bytes
    from plans cross join lateral (
      select counts from snapshots where plan_id = plans.id order by committed_at desc, id desc limit 1
    ) as newest
    where plans.deleted_at is null
    group by plans.vault_id`);
  return new Map(rows.map(({ vault_id: vaultId, bytes }) => [vaultId, bytes]));
}

/** Names of every vault that was ever seen. */
export async function vaultNames(ledger: Ledger): Promise<ReadonlyMap<string, string>> {
  const rows = await ledger.select({ id: vaults.id, name: vaults.name }).from(vaults);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
