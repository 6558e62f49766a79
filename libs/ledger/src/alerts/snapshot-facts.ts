import { sql } from 'drizzle-orm';
import type { Damage } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { PlanTraits } from '../promises/plan-traits.js';
import type { PlanStanding } from '../standings/standing-columns.js';
import { vaults } from '../schema.js';

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
  /** How many snapshots the medians are of, at most ten. */
  readonly history: number;
  readonly usualFiles: number;
  readonly usualBytes: number;
  /** Median share of files with new content, 0 to 1; the very first snapshot, all new, is not counted. */
  readonly usualChangedShare: number;
}

export const SNAPSHOT_MEMBERS = [
  ...(['newestSnapshot', 'newestAt', 'newestFiles', 'newestBytes', 'newestStoredFiles'] as const),
  ...(['history', 'usualFiles', 'usualBytes', 'usualChangedShare'] as const),
];

/** Null of a plan without a snapshot. Removed snapshots are history all the same. */
export function snapshotFactsOf(
  { id: planId, name: planName }: PlanTraits,
  standing: Pick<PlanStanding, (typeof SNAPSHOT_MEMBERS)[number]>,
): SnapshotFacts | null {
  const { newestSnapshot: snapshot, newestAt } = standing;
  if (!snapshot || !newestAt) return null;
  return {
    ...{ planId, planName, snapshot, committedAt: newestAt },
    files: standing.newestFiles ?? 0,
    bytes: standing.newestBytes ?? 0,
    storedFiles: standing.newestStoredFiles ?? 0,
    history: standing.history,
    usualFiles: standing.usualFiles ?? 0,
    usualBytes: standing.usualBytes ?? 0,
    usualChangedShare: standing.usualChangedShare ?? 0,
  };
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

/** Names of every vault that was ever seen. */
export async function vaultNames(ledger: Ledger): Promise<ReadonlyMap<string, string>> {
  const rows = await ledger.select({ id: vaults.id, name: vaults.name }).from(vaults);
  return new Map(rows.map(({ id, name }) => [id, name]));
}
