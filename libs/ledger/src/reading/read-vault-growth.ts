import { sql } from 'drizzle-orm';
import type { VaultSample } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';

/** How the disk of a vault filled, as a straight line through its samples. */
export interface VaultTrend {
  readonly bytesPerDay: number;
  /** Between the first and the last sample that counts. */
  readonly days: number;
  readonly samples: number;
}

interface SampleRow extends Record<string, unknown> {
  readonly at: Date | string;
  readonly stored_bytes: string;
  readonly snapshots: number;
  readonly free_bytes: string | null;
  readonly total_bytes: string | null;
}

/** Samples of a vault, oldest first: at most so many, the last one of each stretch of the period. */
export async function readVaultSamples(
  ledger: Ledger,
  vaultId: string,
  { from, to, points }: { readonly from: Date; readonly to: Date; readonly points: number },
): Promise<VaultSample[]> {
  const stepSeconds = Math.max(1, (to.getTime() - from.getTime()) / 1000 / points);
  const { rows } = await ledger.execute<SampleRow>(sql`
    select distinct on (bucket) at, stored_bytes, snapshots, free_bytes, total_bytes
    from (
      select *, floor(extract(epoch from at - ${from.toISOString()}::timestamptz) / ${stepSeconds}::float8) as bucket
      from vault_samples
      where vault_id = ${vaultId} and at >= ${from.toISOString()} and at < ${to.toISOString()}
    ) as stretches
    order by bucket, at desc`);
  return rows.map((row) => {
    const free = row.free_bytes === null ? null : Number(row.free_bytes);
    const total = row.total_bytes === null ? null : Number(row.total_bytes);
    return {
      at: new Date(row.at).toISOString(),
      storedBytes: Number(row.stored_bytes),
      snapshots: row.snapshots,
      usedBytes: free === null || total === null ? null : Math.max(0, total - free),
      freeBytes: free,
      totalBytes: total,
    };
  });
}

/** The trend of every vault since an instant, by id; of those with two samples at least. */
export async function readVaultTrends(ledger: Ledger, since: Date): Promise<Map<string, VaultTrend>> {
  const { rows } = await ledger.execute<{
    vault_id: string;
    slope: number | null;
    days: number;
    samples: string;
  }>(sql`
    select vault_id, count(*) as samples,
      extract(epoch from max(at) - min(at))::float8 / 86400 as days,
      regr_slope(total_bytes - free_bytes, extract(epoch from at)::float8 / 86400) as slope
    from vault_samples
    where at >= ${since.toISOString()} and free_bytes is not null and total_bytes is not null
    group by vault_id`);
  return new Map(
    rows.flatMap(({ vault_id: vaultId, slope, days, samples }) =>
      slope === null ? [] : [[vaultId, { bytesPerDay: slope, days, samples: Number(samples) }]],
    ),
  );
}
