import { SnapshotCounts, SnapshotName } from '@periodic-backup/contracts';
import { z } from 'zod';

/*
 * A manifest, in this order; integers big-endian:
 *   magic 8 · u32 length of the header · header (JSON)
 *   records of SPEC.md §5.1 with digests, in blocks of at most 64 KiB; the first record of a block shares nothing
 *   index: per block u64 offset, u16 length of the path, first path
 *   footer (JSON)
 *   trailer: u64 offset of the index, u64 offset of the footer, magic 8
 * Its name in receipts is the BLAKE3 of the whole file: `b3sum` gives it. The index leads to any directory without
 * reading what comes before.
 */
export const MANIFEST_MAGIC = Buffer.from('PBKMAN1\n', 'latin1');
export const TRAILER_MAGIC = Buffer.from('PBKEND1\n', 'latin1');
export const HEADER_LENGTH_BYTES = 4;
export const TRAILER_BYTES = 24;
export const MAX_HEADER_BYTES = 65_536;
export const BLOCK_BYTES = 65_536;

export const ManifestHeader = z.object({
  vaultId: z.uuid(),
  agentId: z.string(),
  planId: z.uuid(),
  runId: z.uuid(),
  epoch: z.int().positive(),
  snapshot: SnapshotName,
  previous: SnapshotName.nullable(),
  digest: z.literal('blake3'),
});
export type ManifestHeader = z.infer<typeof ManifestHeader>;

const Names = z.record(z.string(), z.string());
export const ManifestFooter = z.object({
  counts: SnapshotCounts,
  users: Names,
  groups: Names,
  committedAt: z.iso.datetime(),
});
export type ManifestFooter = z.infer<typeof ManifestFooter>;
