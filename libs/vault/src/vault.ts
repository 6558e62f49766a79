import type { Damage, Purpose, Receipt } from '@periodic-backup/contracts';
import type { Entry, SnapshotSink } from '@periodic-backup/protocol';

/** What a vault says of itself; kept in `<target>/.vault/vault.json`. */
export interface VaultIdentity {
  readonly id: string;
  readonly name: string;
  readonly layout: 'folders' | 'packs';
  readonly formatVersion: 1;
  readonly digest: 'blake3';
  readonly createdAt: string;
  /** PEM, Ed25519: verifies receipts. The private key lies beside it, mode 0600. */
  readonly publicKey: string;
}

/** Where the snapshots of a plan lie in a vault. */
export interface PlanPlace {
  readonly agentFolder: string;
  readonly planFolder: string;
}

/** What a session may do: append one snapshot to one plan. Taken from a checked ticket. */
export interface AppendRequest extends PlanPlace {
  readonly planId: string;
  readonly agentId: string;
  readonly runId: string;
  /** Fencing number: a lower one than the vault has seen for this plan is refused. */
  readonly epoch: number;
  /** Entries of the previous snapshot that are no longer offered stay (rule `move`). */
  readonly accumulate: boolean;
  /** The vault's clock; names the snapshot. */
  readonly now: Date;
}

/** A place for snapshots. Every driver passes the same contract suite. Calls may block: use it off the main thread. */
export interface Vault {
  readonly identity: VaultIdentity;

  /**
   * Signs a statement with the vault's key (`proveKey`): whoever has its public key can see that a receiver of this vault
   * said it. @throws StorageFailedError if the vault was opened to read
   */
  prove(purpose: Purpose, value: unknown): string;

  /**
   * Opens the plan's staging for one session and fences out every earlier one (the newest caller wins; a fenced
   * writer throws EPOCH_SUPERSEDED at the latest when it commits). What an earlier session staged is taken over.
   * @throws SessionError EPOCH_SUPERSEDED (a higher epoch was seen), BUSY (this run was committed since the caller asked
   *   for its receipt: ask again), STORAGE_FULL, STORAGE_FAILED
   */
  append(request: AppendRequest): SnapshotSink;

  /** The receipt of a committed run, null if this run has none here. */
  findReceipt(place: PlanPlace, runId: string): Receipt | null;

  /** Receipts committed since `since`, oldest first; repairs lost reports. */
  recentReceipts(since: Date): Iterable<Receipt>;

  /** Complete snapshots of a plan, oldest first. */
  listSnapshots(place: PlanPlace): SnapshotSummary[];

  /**
   * Opens a snapshot to read, after the manifest as a whole was compared with its receipt. While it is open nothing
   * removes the snapshot, whichever process tries; the caller closes it.
   * @throws SessionError NOT_FOUND if there is no such snapshot, DAMAGED if its manifest or receipt is not what it was
   */
  openSnapshot(place: PlanPlace, snapshot: string): SnapshotReading;

  /** Every plan that has snapshots here, whoever still knows it, and their receipts oldest first: what `reindex` reads. */
  places(): Iterable<{ readonly place: PlanPlace; readonly receipts: Iterable<Receipt> }>;

  /**
   * Where to cut a verification: paths that part the entries of the snapshots into about `parts` equal pieces.
   * Ascending, each a path of an entry; fewer where there are few entries.
   */
  cutPaths(place: PlanPlace, snapshots: readonly string[], parts: number): Buffer[];

  /**
   * Reads every byte of the snapshots whose path lies in the range and compares it with the manifests. An inode that
   * several of them share at one path is read once. Yields after each file or block, always the same object, so that
   * the caller may rest, stop (`return`) or tell. Nothing may be in the folders that the manifests do not know. The first
   * piece (`from` null) says of manifests and receipts what is wrong with them, or that they are not there; then nothing
   * of such a snapshot is compared. What is found damaged is noted in the vault, never repaired: a later backup does not
   * share it but asks for the content again, and no restore hands it out. Found whole, it is no longer noted. No snapshot
   * of the request is removed meanwhile.
   */
  verify(place: PlanPlace, request: VerifyRequest): Generator<VerifyProgress, VerifyReport>;

  /**
   * Removes snapshots for good. Crash-safe: at every instant each is wholly there or (after recovery) wholly gone.
   * Never the newest of a plan, never one that is read or verified right now, in this or another process.
   */
  removeSnapshots(
    place: PlanPlace,
    snapshots: readonly string[],
    options: { readonly keepOnlyCopies: boolean },
  ): RemovalReport;

  /**
   * Brings the vault from whatever a crash left to a state in which I1, I2 and I6 hold: finishes or undoes half
   * commits, removes what belongs to nothing. Staging that can be resumed stays. Safe to repeat, and safe while other
   * receivers of the vault are at work.
   */
  recover(): RecoveryReport;

  /** Free and total bytes of the file system; throws STORAGE_FAILED if the target cannot be written. */
  probe(): { freeBytes: number; totalBytes: number };
}

export interface SnapshotSummary {
  readonly snapshot: string;
  readonly receipt: Receipt;
}

export interface RecoveryReport {
  readonly finishedCommits: number;
  readonly undoneCommits: number;
  readonly finishedRemovals: number;
  readonly removedStrays: number;
  readonly resumableStagings: number;
  /** Folders named like snapshots that have no manifest and that no staging claims. Left alone: not made by a crash. */
  readonly unknownFolders: number;
}

/** An open snapshot. Owned by one caller. */
export interface SnapshotReading {
  readonly receipt: Receipt;
  /** Names of the owners' ids, as the source knew them. */
  readonly users: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;

  /**
   * Entries in order, in constant memory, from any place at once. `below`: only this entry's subtree, without itself
   * (null: the root's own entry comes too, first). `from`: begins at this path or the next one behind it. `children`:
   * does not descend; subtrees are jumped over, not read.
   */
  entries(range: EntryRange): Iterable<Entry>;

  /** The entry at a path, null if there is none. Asking in ascending order costs next to nothing. */
  find(path: Buffer): Entry | null;

  /**
   * Reads bytes of a file entry (of the first name for a hard link) from `offset`; returns how many, fewer only at
   * the end. Not compared with the digest: who reads all of it compares.
   * @throws SessionError DAMAGED if the file is not there, shorter than the manifest says or known to be damaged;
   *   NOT_FOUND if the snapshot never had its content
   */
  read(entry: Entry, into: Buffer, offset: number): number;

  /** Safe to repeat. */
  close(): void;
}

export interface EntryRange {
  readonly below: Buffer | null;
  readonly from: Buffer | null;
  readonly depth: 'children' | 'all';
}

export interface VerifyRequest {
  readonly snapshots: readonly string[];
  /** From here (included; null: the first path) … */
  readonly from: Buffer | null;
  /** … to here (excluded; null: the end). */
  readonly to: Buffer | null;
}

export interface VerifyProgress {
  readonly filesRead: number;
  readonly bytesRead: number;
}

export interface VerifyReport extends VerifyProgress {
  readonly damages: readonly Damage[];
  readonly damageCount: number;
}

export interface RemovalReport {
  readonly removed: readonly string[];
  readonly kept: readonly { readonly snapshot: string; readonly reason: string }[];
}
