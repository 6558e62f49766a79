import { DIGEST_BYTES } from './digest.js';
import { SessionError } from './errors.js';
import { readSafeUint64, writeSafeUint64 } from './integers.js';
import type { ReadOutcome } from './snapshot-sink.js';

/** size u64, mtime i64, ctime i64, digest: the tail that FILES items and FILE_END share. SPEC.md §5.3. */
export const OUTCOME_BYTES = 24 + DIGEST_BYTES;

/** A status's number on the wire is its place here. */
const STATUSES: readonly ReadOutcome['status'][] = [
  'whole',
  'changed',
  'unreadable',
  'vanished',
  'digest-only',
];

export function statusNumber(status: ReadOutcome['status']): number {
  return STATUSES.indexOf(status);
}

export function writeOutcome(into: Buffer, view: DataView, at: number, outcome: ReadOutcome): void {
  writeSafeUint64(view, at, outcome.size);
  view.setBigInt64(at + 8, outcome.mtimeNs);
  view.setBigInt64(at + 16, outcome.ctimeNs);
  outcome.digest.copy(into, at + 24, 0, DIGEST_BYTES);
}

/** The outcome at `at`; its digest is a fresh copy. @throws SessionError BAD_FRAME */
export function readOutcome(from: Buffer, view: DataView, at: number, statusByte: number): ReadOutcome {
  const status = STATUSES[statusByte];
  if (status === undefined)
    throw new SessionError('BAD_FRAME', `There is no status ${statusByte} of a file.`);
  const size = readSafeUint64(view, at);
  if (size < 0) throw new SessionError('BAD_FRAME', 'A file has a size beyond 2^53.');
  const digest = Buffer.allocUnsafe(DIGEST_BYTES);
  from.copy(digest, 0, at + 24, at + OUTCOME_BYTES);
  return {
    status,
    size,
    mtimeNs: view.getBigInt64(at + 8),
    ctimeNs: view.getBigInt64(at + 16),
    digest,
  };
}
