import { z } from 'zod';
import { AgentId, SnapshotName } from './names.js';

export const SnapshotCounts = z.object({
  /** Entries in the manifest. */
  entries: z.int().nonnegative(),
  /** Regular files (hard links not counted). */
  files: z.int().nonnegative(),
  /** Bytes of all regular files. */
  bytes: z.int().nonnegative(),
  /** Files whose content arrived in this run, or in an interrupted one it continued. */
  storedFiles: z.int().nonnegative(),
  storedBytes: z.int().nonnegative(),
  /** Files shared with the snapshot before. */
  linkedFiles: z.int().nonnegative(),
  /** Files copied from the snapshot before, because the link limit or a change of metadata forbade a link. */
  copiedFiles: z.int().nonnegative(),
  /** Unreadable or changed-while-read entries. */
  problems: z.int().nonnegative(),
});
export type SnapshotCounts = z.infer<typeof SnapshotCounts>;

/** A receiver's statement that a snapshot is durable. Signed with the vault's key. */
export const Receipt = z.object({
  v: z.literal(1),
  runId: z.uuid(),
  epoch: z.int().positive(),
  agentId: AgentId,
  planId: z.uuid(),
  vaultId: z.uuid(),
  snapshot: SnapshotName,
  previous: SnapshotName.nullable(),
  manifestDigest: z.string().regex(/^[0-9a-f]{64}$/),
  counts: SnapshotCounts,
  committedAt: z.iso.datetime(),
  signature: z.string(),
});
export type Receipt = z.infer<typeof Receipt>;
