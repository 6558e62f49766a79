import type { Digest, Entry } from '@periodic-backup/protocol';
import type { FileWant } from '@periodic-backup/reader';
import type { Decision } from './conflicts.js';

/** A file to be fetched and written. */
export interface PlannedFile extends FileWant {
  readonly offset: number;
  /** Of the file; for a hard link whose first name is not restored that of the first name. */
  readonly entry: Entry;
  readonly decision: Decision;
  /** Of the `offset` bytes that an earlier attempt left; null if it left none. */
  readonly digest: Digest | null;
}

export type PartLeft = Pick<PlannedFile, 'offset' | 'digest'>;

export const NOTHING_LEFT: PartLeft = { offset: 0, digest: null };
