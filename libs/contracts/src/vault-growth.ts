import { z } from 'zod';

/** `GET /api/v1/vaults/{id}/growth`: the space of a vault over time, and when it will be full. */
export const VaultGrowthQuery = z.object({
  /** Left out: 30 days before `until`. */
  since: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  points: z.coerce.number().int().min(1).max(500).default(200),
});
export type VaultGrowthQuery = z.infer<typeof VaultGrowthQuery>;

const bytes = z.number().nonnegative();

export const VaultSample = z
  .object({
    at: z.iso.datetime(),
    /** Content that the snapshots that are there brought with them; what they share counts once, where it came first. */
    storedBytes: bytes,
    snapshots: z.int().nonnegative(),
    /** Of the whole disk, other users' files too; null: no receiver was there to say. */
    usedBytes: bytes.nullable(),
    freeBytes: bytes.nullable(),
    totalBytes: bytes.nullable(),
  })
  .meta({ id: 'VaultSample' });
export type VaultSample = z.infer<typeof VaultSample>;

export const VaultGrowth = z
  .object({
    vaultId: z.uuid(),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    /** Oldest first. */
    points: z.array(VaultSample).max(500),
    /** By which the disk fills, negative if it empties; null: too little is known. */
    bytesPerDay: z.number().nullable(),
    daysToFull: z.number().nonnegative().nullable(),
    fullAt: z.iso.datetime().nullable(),
    /** How the estimate was made, or why there is none. */
    sentence: z.string(),
  })
  .meta({ id: 'VaultGrowth' });
export type VaultGrowth = z.infer<typeof VaultGrowth>;
