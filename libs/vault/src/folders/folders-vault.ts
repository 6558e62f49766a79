import { closeSync, existsSync, realpathSync, statfsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FolderName, SnapshotName, type Receipt } from '@periodic-backup/contracts';
import { SessionError, type Entry, type SnapshotSink } from '@periodic-backup/protocol';
import { z } from 'zod';
import { Manifest, readHeader } from '../manifest/manifest-reader.js';
import {
  EpochSupersededError,
  StorageFailedError,
  isFull,
  shownPath,
  storageError,
} from '../storage-errors.js';
import type {
  AppendRequest,
  PlanPlace,
  RecoveryReport,
  SnapshotSummary,
  Vault,
  VaultIdentity,
} from '../vault.js';
import { settleHalfCommit, type CommitStep } from './commit-steps.js';
import { canFlushFileSystem, makeDirectoryDurably, removeFile } from './durable-files.js';
import { seenUmask } from './file-modes.js';
import { markedName } from './process-mark.js';
import { publishSnapshot, type FlushMode } from './publish-snapshot.js';
import { ReceiptStore } from './receipt-store.js';
import { recoverVault } from './recover-vault.js';
import { SnapshotContent } from './snapshot-content.js';
import { nextSnapshotName } from './snapshot-name.js';
import { SnapshotWriter } from './snapshot-writer.js';
import { gatherStaged } from './staged-content.js';
import { StagingDirectory } from './staging-directory.js';
import { Tree, type TreeFault } from './tree.js';
import { readOrMakeIdentity, type VaultKeys } from './vault-identity.js';
import { VaultLayout } from './vault-layout.js';
import { readFully } from './write-all.js';

export interface FoldersVaultOptions {
  /** Made if it is not there. */
  readonly targetDir: string;
  /** Name of a new vault; an existing one keeps its own. */
  readonly name: string;
  /** Chosen by what the machine can do unless told. */
  readonly flush?: FlushMode;
  readonly clock?: () => Date;
  /** For tests: called before each file call of a session, and before each step of a commit. */
  readonly faults?: { readonly file?: TreeFault; readonly commit?: (step: CommitStep) => void };
}

const OwnNames = z.object({
  agentFolder: FolderName,
  planFolder: FolderName,
  planId: z.uuid(),
  runId: z.uuid(),
});

/** A vault of plain files: each snapshot a folder, unchanged files hard-linked to the snapshot before. */
export class FoldersVault implements Vault {
  readonly identity: VaultIdentity;
  private readonly receipts: ReceiptStore;

  private constructor(
    private readonly layout: VaultLayout,
    keys: VaultKeys,
    private readonly umask: number,
    private readonly flush: FlushMode,
    private readonly options: FoldersVaultOptions,
  ) {
    this.identity = keys.identity;
    this.receipts = new ReceiptStore(layout, keys.privateKey);
  }

  /** Opens the vault of a directory and makes what it lacks. Several processes may do so at once. @throws StorageFailedError */
  static open(options: FoldersVaultOptions): FoldersVault {
    return attempt(`open ${options.targetDir}`, () => {
      makeDirectoryDurably(resolve(options.targetDir));
      const layout = new VaultLayout(realpathSync(options.targetDir));
      makeDirectoryDurably(layout.own, 0o700);
      for (const directory of [layout.staging, layout.manifests, layout.receipts])
        makeDirectoryDurably(directory);
      const keys = readOrMakeIdentity(layout, options.name, (options.clock ?? now)());
      const umask = seenUmask(join(layout.own, markedName('tmp')));
      const flush = options.flush ?? (canFlushFileSystem() ? 'file-system' : 'each-file');
      return new FoldersVault(layout, keys, umask, flush, options);
    });
  }

  append(request: AppendRequest): SnapshotSink {
    return attempt('begin a snapshot', () => {
      OwnNames.parse(request);
      this.refuseOldEpoch(request);
      const { staging, writerMayLive } = this.takeStaging(request);
      return whileOwned(staging, () => {
        this.refuseOldEpoch(request);
        return this.writer(request, staging, writerMayLive);
      });
    });
  }

  findReceipt(place: PlanPlace, runId: string): Receipt | null {
    return attempt('look for a receipt', () => this.receipts.ofRun(checked(place), z.uuid().parse(runId)));
  }

  recentReceipts(since: Date): Iterable<Receipt> {
    return attempt('read receipts', () => {
      const sinceText = since.toISOString();
      const recent: Receipt[] = [];
      for (const place of this.layout.places())
        for (const snapshot of this.layout.snapshotNames(place).reverse()) {
          const receipt = this.receipts.ofSnapshot(place, snapshot);
          // Commits of a plan follow each other: all before this one are older still.
          if (receipt.committedAt < sinceText) break;
          recent.push(receipt);
        }
      return recent.sort((a, b) => (a.committedAt < b.committedAt ? -1 : 1));
    });
  }

  listSnapshots(place: PlanPlace): SnapshotSummary[] {
    return attempt('list snapshots', () =>
      this.layout
        .snapshotNames(checked(place))
        .map((snapshot) => ({ snapshot, receipt: this.receipts.ofSnapshot(place, snapshot) })),
    );
  }

  *readEntries(place: PlanPlace, snapshot: string, from?: Buffer): Iterable<Entry> {
    const path = this.layout.manifest(checked(place), SnapshotName.parse(snapshot));
    const manifest = attempt(`read the snapshot ${snapshot}`, () => Manifest.open(path));
    yield* manifest.entriesFrom(from ?? null);
    if (from !== undefined) return;
    const { manifestDigest } = this.receipts.ofSnapshot(place, snapshot);
    if (manifest.digest().toString('hex') !== manifestDigest)
      throw new StorageFailedError(`The manifest ${path} is not the one its receipt names.`);
  }

  readContent(place: PlanPlace, snapshot: string, entry: Entry, offset: number, length: number): Buffer {
    return attempt(`read ${shownPath(entry.path)} of the snapshot ${snapshot}`, () => {
      const tree = this.tree(this.layout.snapshot(checked(place), SnapshotName.parse(snapshot)));
      const file = tree.openToRead(entry.path);
      try {
        const content = Buffer.alloc(length);
        return content.subarray(0, readFully(file, content, offset));
      } finally {
        closeSync(file);
      }
    });
  }

  recover(): RecoveryReport {
    return attempt('recover', () =>
      recoverVault(this.layout, this.receipts, (this.options.clock ?? now)().getTime()),
    );
  }

  probe(): { freeBytes: number; totalBytes: number } {
    return attempt('be written to', () => {
      const probe = join(this.layout.own, markedName('tmp'));
      writeFileSync(probe, 'probe', { flag: 'wx' });
      removeFile(probe);
      const { bavail, blocks, bsize } = statfsSync(this.layout.target);
      return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
    });
  }

  private refuseOldEpoch(request: AppendRequest): void {
    const newest = this.layout.newestSnapshot(request);
    const last = newest === null ? null : readHeader(this.layout.manifest(request, newest))?.header;
    if (!last) return;
    if (last.runId === request.runId)
      throw new SessionError('BUSY', 'This run was committed just now. Connect again to get its receipt.');
    if (last.epoch > request.epoch)
      throw new EpochSupersededError(
        `A newer attempt (epoch ${last.epoch}) of this plan has committed ${newest}.`,
      );
  }

  /** The staging directory, ready to be continued: whatever a crash left in it is settled. */
  private takeStaging(request: AppendRequest): { staging: StagingDirectory; writerMayLive: boolean } {
    for (let begunAnew = false; ;) {
      const taken = StagingDirectory.take(this.layout, request);
      const { staging } = taken;
      const isUsable = whileOwned(staging, () => {
        const settled = settleHalfCommit(this.layout, this.receipts, staging);
        return settled !== 'finished' && existsSync(staging.tree);
      });
      if (isUsable) {
        try {
          whileOwned(staging, () => gatherStaged(staging, this.tree(staging.tree)));
          return taken;
        } catch (cause) {
          // What is staged takes the very room that going on needs: it has to go.
          if (begunAnew || !isFull(cause)) throw cause;
          begunAnew = true;
        }
      }
      staging.remove(this.layout);
    }
  }

  private writer(
    request: AppendRequest,
    staging: StagingDirectory,
    writerBeforeMayLive: boolean,
  ): SnapshotWriter {
    const { agentFolder, planFolder, agentId, planId, runId, epoch, accumulate } = request;
    const place = { agentFolder, planFolder };
    const previous = this.layout.newestSnapshot(place);
    const snapshot = nextSnapshotName(request.now, previous);
    const header = {
      vaultId: this.identity.id,
      agentId,
      planId,
      runId,
      epoch,
      snapshot,
      previous,
      digest: 'blake3',
    } as const;
    const tree = this.tree(staging.tree);
    const before = this.options.faults?.commit ?? (() => undefined);
    return new SnapshotWriter({
      staging,
      writerBeforeMayLive,
      content: new SnapshotContent(
        tree,
        previous === null ? null : this.tree(this.layout.snapshot(place, previous)),
      ),
      header,
      previousManifest: previous === null ? null : this.manifestToJoin(place, previous, accumulate),
      accumulate,
      clock: this.options.clock ?? now,
      publish: (footer, digest) =>
        publishSnapshot(
          { layout: this.layout, receipts: this.receipts, flush: this.flush, before },
          staging,
          tree,
          place,
          header,
          footer,
          digest,
        ),
    });
  }

  /** A damaged manifest hinders no new snapshot: everything is sent anew. What should accumulate cannot do without it. */
  private manifestToJoin(place: PlanPlace, snapshot: string, accumulate: boolean): Manifest | null {
    try {
      return Manifest.open(this.layout.manifest(place, snapshot));
    } catch (error) {
      if (accumulate || !(error instanceof StorageFailedError)) throw error;
      return null;
    }
  }

  private tree(root: string): Tree {
    return new Tree(root, this.umask, this.options.faults?.file ?? null);
  }
}

const Place = z.object({ agentFolder: FolderName, planFolder: FolderName });

/** Names come from outside: none may lead out of the vault. */
function checked(place: PlanPlace): PlanPlace {
  return Place.parse(place);
}

function now(): Date {
  return new Date();
}

/** A session that cannot begin lets go of the staging directory; if another one has it now, says so. */
function whileOwned<T>(staging: StagingDirectory, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (!staging.isOwned())
      throw new EpochSupersededError('A newer session of this plan has taken over.', cause);
    staging.disown();
    throw cause;
  }
}

function attempt<T>(doing: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw storageError(cause, doing);
  }
}
