import type { Entry } from './entry.js';

/** What a server session drives: the storage side of one backup. Implemented by the vault. */
export interface SnapshotSink {
  /** The snapshot this one follows, null for the first. */
  readonly previous: string | null;
  /** True if neither a previous snapshot nor staged content exists: content is wanted of every file, unasked. */
  readonly eager: boolean;

  /**
   * Takes the next entry (ordinals count from 0 in call order) and says what is wanted of it. The caller has
   * checked order, parents and names. Keeps the entry until it is settled; the caller bounds how many are open.
   * With {@link eager}, answers `content` for every regular file.
   */
  offer(entry: Entry): Decision;

  /** Remembers names of user and group ids for the manifest. Later calls add. */
  addOwners(owners: Owners): void;

  /**
   * Settles a wanted entry with its whole content (`whole`, `changed`) or without (`unreadable`, `vanished`,
   * `digest-only`). Content is hashed and must agree with `outcome.digest`. The buffer is the caller's again on return.
   * @returns `again` if the content is wanted after all (digest-only that differs from the previous snapshot).
   * @throws DigestMismatchError, StorageFullError, StorageFailedError, EpochSupersededError
   */
  settle(ordinal: number, outcome: ReadOutcome, content: Buffer): Settled;

  /** Begins the content of a large file at `offset` (0, or the offset this sink asked for). */
  startFile(ordinal: number, offset: number): void;
  /** Takes the next bytes of the started file. The buffer is the caller's again on return. */
  append(bytes: Buffer): void;
  /** Takes `length` zero bytes without storing them where the file system can leave a hole. */
  appendHole(length: number): void;
  /**
   * Ends the started file. `again`: what was staged before the offset did not agree with the digest and has
   * been dropped; the caller asks once more from 0.
   */
  endFile(ordinal: number, outcome: ReadOutcome): Settled;

  /**
   * Everything taken so far outlives this process: a later session is not sent it again, be it of a file that has
   * not ended.
   */
  stage(): void;

  /**
   * Makes the snapshot durable and visible and resolves with its receipt; every offered entry must be settled.
   * All or nothing; safe to repeat by a new session after a crash (same run, same receipt).
   */
  commit(): Promise<unknown>;

  /** Entries offered and problems (unreadable, changed) among them so far; compared with the client's COMMIT. */
  readonly counts: { readonly entries: number; readonly problems: number };

  /** Ends this writer without a snapshot; what is staged stays for a resume. Safe to call twice and after commit. */
  release(): void;
}

export type Decision =
  | { readonly want: 'nothing' }
  | { readonly want: 'content'; readonly offset: number }
  | { readonly want: 'digest' };

export type Settled = 'done' | 'again';

export interface Owners {
  readonly users: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;
}

/** How the reading of one file ended on the client. SPEC.md §5.3. */
export interface ReadOutcome {
  readonly status: 'whole' | 'changed' | 'unreadable' | 'vanished' | 'digest-only';
  /** Bytes read; the digest covers exactly these. */
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  /** 32 bytes; zeros for unreadable and vanished. */
  readonly digest: Buffer;
}
