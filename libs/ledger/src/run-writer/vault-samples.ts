import { and, count, eq, inArray, isNull, notExists, sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';
import { snapshots, vaultSamples, vaults } from '../schema.js';

const HOUR_MS = 3_600_000;
/** As long each hour is kept; of days before that the first sample. */
const HOURLY_DAYS = 35;

/** Of a disk, as a receiver announces it. */
export interface DiskRoom {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/**
 * Every vault has a sample of this hour; one that is there stays as it is, so that several schedulers may ask. Sums up
 * all snapshots, but only for the first that asks in an hour.
 */
export async function sampleVaults(
  ledger: Ledger,
  rooms: ReadonlyMap<string, DiskRoom>,
  now: Date,
): Promise<void> {
  const hour = new Date(Math.floor(now.getTime() / HOUR_MS) * HOUR_MS);
  const unsampled = await ledger
    .select({ id: vaults.id })
    .from(vaults)
    .where(
      notExists(
        ledger
          .select({ one: sql`1` })
          .from(vaultSamples)
          .where(and(eq(vaultSamples.vaultId, vaults.id), eq(vaultSamples.at, hour))),
      ),
    );
  if (unsampled.length === 0) return;
  const ids = unsampled.map(({ id }) => id);
  const sums = await ledger
    .select({
      vaultId: snapshots.vaultId,
      storedBytes: sql`coalesce(sum((${snapshots.counts} ->> 'storedBytes')::bigint), 0)`.mapWith(Number),
      snapshots: count(),
    })
    .from(snapshots)
    .where(and(inArray(snapshots.vaultId, ids), isNull(snapshots.removedAt)))
    .groupBy(snapshots.vaultId);
  const summed = new Map(sums.map(({ vaultId, ...sum }) => [vaultId, sum]));
  await ledger
    .insert(vaultSamples)
    .values(
      ids.map((vaultId) => ({
        ...{ vaultId, at: hour, storedBytes: 0, snapshots: 0 },
        ...summed.get(vaultId),
        freeBytes: rooms.get(vaultId)?.freeBytes ?? null,
        totalBytes: rooms.get(vaultId)?.totalBytes ?? null,
      })),
    )
    .onConflictDoNothing();
  await thinOut(ledger, now);
}

async function thinOut(ledger: Ledger, now: Date): Promise<void> {
  const before = new Date(now.getTime() - HOURLY_DAYS * 24 * HOUR_MS).toISOString();
  await ledger.execute(sql`
    delete from vault_samples where at < ${before} and exists (
      select 1 from vault_samples earlier
      where earlier.vault_id = vault_samples.vault_id and earlier.at < vault_samples.at
        and earlier.at >= date_trunc('day', vault_samples.at, 'UTC'))`);
}
