import type { Receipt } from '@periodic-backup/contracts';

/** How a run with a genuine receipt ends: complete, or with files that the snapshot lacks. */
export function receiptOutcome(
  receipt: Receipt,
  filesFailed: number,
): { state: 'committed' | 'partial'; reason: string | null } {
  const failures = Math.max(receipt.counts.problems, filesFailed);
  if (failures === 0) return { state: 'committed', reason: null };
  const reason =
    failures === 1
      ? 'One file or directory could not be stored as it should.'
      : `${failures} files or directories could not be stored as they should.`;
  return { state: 'partial', reason };
}
