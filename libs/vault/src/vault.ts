import type { Receipt } from '@periodic-backup/contracts';
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
   * Entries of a snapshot in order, read in constant memory. Verifies the manifest's own digest at its end. With `from`
   * begins at that path at once, and verifies nothing as a whole.
   * @throws SessionError STORAGE_FAILED if there is no such snapshot or its manifest is damaged
   */
  readEntries(place: PlanPlace, snapshot: string, from?: Buffer): Iterable<Entry>;

  /** Reads `length` bytes of a file of a snapshot from `offset`; fewer where the file ends. */
  readContent(place: PlanPlace, snapshot: string, entry: Entry, offset: number, length: number): Buffer;

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
  readonly removedStrays: number;
  readonly resumableStagings: number;
  /** Folders named like snapshots that have no manifest and that no staging claims. Left alone: not made by a crash. */
  readonly unknownFolders: number;
}
