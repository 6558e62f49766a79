import { realpathSync, statfsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FolderName, SnapshotName, proveKey, type Purpose, type Receipt } from '@periodic-backup/contracts';
import type { SnapshotSink } from '@periodic-backup/protocol';
import { z } from 'zod';
import { StorageFailedError, storageError } from '../storage-errors.js';
import type {
  AppendRequest,
  PlanPlace,
  RecoveryReport,
  RemovalReport,
  SnapshotReading,
  SnapshotSummary,
  Vault,
  VaultIdentity,
  VerifyProgress,
  VerifyReport,
  VerifyRequest,
} from '../vault.js';
import { beginSnapshot } from './begin-snapshot.js';
import type { CommitStep } from './commit-steps.js';
import { cutPaths } from './cut-paths.js';
import { DamageRegister } from './damage-register.js';
import { canFlushFileSystem, makeDirectoryDurably, removeFile } from './durable-files.js';
import { seenUmask } from './file-modes.js';
import { FolderReading } from './folder-reading.js';
import { markedName } from './process-mark.js';
import type { FlushMode } from './publish-snapshot.js';
import { ReceiptStore } from './receipt-store.js';
import { recoverVault } from './recover-vault.js';
import { removeSnapshots } from './remove-snapshots.js';
import { SnapshotFolder } from './snapshot-folder.js';
import { SnapshotLease } from './snapshot-lease.js';
import type { RemovalGround, RemovalStep } from './snapshot-removal.js';
import { SoundManifests } from './sound-manifest.js';
import { Tree, type TreeFault } from './tree.js';
import { readIdentity, readOrMakeIdentity, type VaultKeys } from './vault-identity.js';
import { VaultLayout } from './vault-layout.js';
import { verifySnapshots } from './verify-snapshots.js';

export interface FoldersVaultOptions {
  /** Made if it is not there. */
  readonly targetDir: string;
  /** Name of a new vault; an existing one keeps its own. */
  readonly name: string;
  /** Chosen by what the machine can do unless told. */
  readonly flush?: FlushMode;
  readonly clock?: () => Date;
  /** For tests: called before each file call of a session, and before each step of a commit or a removal. */
  readonly faults?: {
    readonly file?: TreeFault;
    readonly commit?: (step: CommitStep) => void;
    readonly removal?: (step: RemovalStep) => void;
  };
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
  private readonly manifests: SoundManifests;
  private readonly damages: DamageRegister;

  private constructor(
    private readonly layout: VaultLayout,
    private readonly keys: VaultKeys,
    private readonly umask: number,
    private readonly flush: FlushMode,
    private readonly options: FoldersVaultOptions,
  ) {
    this.identity = keys.identity;
    this.receipts = new ReceiptStore(layout, keys.privateKey);
    this.manifests = new SoundManifests(layout, this.receipts, this.identity);
    this.damages = new DamageRegister(layout);
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

  /**
   * Opens a vault that is there to read, check or restore from it, also from a disk that cannot be written and without its key.
   * Never makes one. @throws StorageFailedError
   */
  static openToRead(targetDir: string): FoldersVault {
    return attempt(`open ${targetDir}`, () => {
      const layout = new VaultLayout(realpathSync(targetDir));
      const keys = { identity: readIdentity(layout), privateKey: null };
      return new FoldersVault(layout, keys, 0, 'each-file', { targetDir, name: keys.identity.name });
    });
  }

  prove(purpose: Purpose, value: unknown): string {
    if (this.keys.privateKey === null)
      throw new StorageFailedError('The vault was opened to read: nothing can be signed with its key.');
    return proveKey(purpose, value, this.keys.privateKey);
  }

  append(request: AppendRequest): SnapshotSink {
    return attempt('begin a snapshot', () => {
      OwnNames.parse(request);
      return beginSnapshot(
        {
          layout: this.layout,
          receipts: this.receipts,
          manifests: this.manifests,
          damages: this.damages,
          vaultId: this.identity.id,
          flush: this.flush,
          clock: this.options.clock ?? now,
          before: this.options.faults?.commit ?? (() => undefined),
          tree: (root) => this.tree(root),
        },
        request,
      );
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
          const receipt = this.receipts.known(place, snapshot);
          if (receipt === null) continue;
          // Commits of a plan follow each other: all before this one are older still.
          if (receipt.committedAt < sinceText) break;
          recent.push(receipt);
        }
      return recent.sort((a, b) => (a.committedAt < b.committedAt ? -1 : 1));
    });
  }

  listSnapshots(place: PlanPlace): SnapshotSummary[] {
    return attempt('list snapshots', () =>
      this.layout.snapshotNames(checked(place)).flatMap((snapshot) => {
        const receipt = this.receipts.known(place, snapshot);
        return receipt === null ? [] : [{ snapshot, receipt }];
      }),
    );
  }

  openSnapshot(place: PlanPlace, snapshot: string): SnapshotReading {
    return attempt(`open the snapshot ${snapshot}`, () => {
      const lease = SnapshotLease.take(this.layout, checked(place), [SnapshotName.parse(snapshot)]);
      try {
        const sound = this.manifests.open(place, snapshot);
        const folder = new SnapshotFolder(this.layout.snapshot(place, snapshot));
        const damages = this.damages.ofPlan(place);
        return new FolderReading(sound, folder, lease, (path) => damages.whatOf(snapshot, path));
      } catch (error) {
        lease.release();
        throw error;
      }
    });
  }

  *places(): Generator<{ readonly place: PlanPlace; readonly receipts: Iterable<Receipt> }> {
    for (const place of attempt('list its plans', () => this.layout.places()))
      if (this.layout.newestSnapshot(place) !== null) yield { place, receipts: this.receiptsOf(place) };
  }

  cutPaths(place: PlanPlace, snapshots: readonly string[], parts: number): Buffer[] {
    return attempt('part its entries', () => {
      const names = snapshots.map((snapshot) => SnapshotName.parse(snapshot));
      return cutPaths(this.manifests, checked(place), names, parts);
    });
  }

  *verify(place: PlanPlace, request: VerifyRequest): Generator<VerifyProgress, VerifyReport> {
    try {
      for (const snapshot of request.snapshots) SnapshotName.parse(snapshot);
      const { layout, manifests, damages } = this;
      return yield* verifySnapshots({ layout, manifests, damages }, checked(place), request);
    } catch (cause) {
      throw storageError(cause, 'verify snapshots');
    }
  }

  removeSnapshots(
    place: PlanPlace,
    snapshots: readonly string[],
    { keepOnlyCopies }: { readonly keepOnlyCopies: boolean },
  ): RemovalReport {
    return attempt('remove snapshots', () => {
      const names = snapshots.map((snapshot) => SnapshotName.parse(snapshot));
      const { manifests } = this;
      return removeSnapshots({ ...this.removalGround(), manifests, keepOnlyCopies }, checked(place), names);
    });
  }

  recover(): RecoveryReport {
    return attempt('recover', () => recoverVault(this.removalGround()));
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

  private *receiptsOf(place: PlanPlace): Generator<Receipt> {
    for (const { receipt } of this.listSnapshots(place)) yield receipt;
  }

  private removalGround(): RemovalGround {
    const { layout, receipts, damages, options } = this;
    const nowMs = (options.clock ?? now)().getTime();
    return { layout, receipts, damages, nowMs, before: options.faults?.removal ?? (() => undefined) };
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

function attempt<T>(doing: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw storageError(cause, doing);
  }
}
