import type { Entry } from './entry.js';

/** What a reading session drives: the snapshots that its ticket names. Implemented beside the vault. Calls may block. */
export interface SnapshotSource {
  /**
   * Opens a snapshot, after the manifest as a whole was compared with its receipt. The session opens one at a time
   * and closes it, whatever way it ends.
   * @throws SessionError NOT_FOUND, DAMAGED, TICKET_INVALID (not one that the ticket names)
   */
  open(snapshot: string): OpenSnapshot;
}

/** An open snapshot; owned by one session. */
export interface OpenSnapshot {
  /** Handed on as it is; its shape is for the reader to check. */
  readonly receipt: unknown;
  /** Names of the owners' ids, as the source knew them. */
  readonly users: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;

  /**
   * Entries in order, in constant memory, taken one by one and perhaps not to the end: `return` of the iterator frees
   * what it holds.
   */
  entries(range: SnapshotRange): Iterable<Entry>;

  /** The entry at a path, null if there is none. Asking in ascending order costs next to nothing. */
  find(path: Buffer): Entry | null;

  /**
   * Reads bytes of a file entry (of the first name for a hard link) from `offset` to the start of `into`; returns how
   * many, fewer than there is room for only at the end of the file.
   * @throws SessionError DAMAGED if the file is not there or shorter than the manifest says
   */
  read(entry: Entry, into: Buffer, offset: number): number;

  /** Safe to repeat. */
  close(): void;
}

/** Which entries of a snapshot. */
export interface SnapshotRange {
  /** Only what lies below this directory, without itself; null: the whole snapshot, the root's own entry first. */
  readonly below: Buffer | null;
  /** Begins at this path or the next one behind it. */
  readonly from: Buffer | null;
  /** `children` does not descend. */
  readonly depth: 'children' | 'all';
}
