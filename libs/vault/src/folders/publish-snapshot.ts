import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import type { Receipt } from '@periodic-backup/contracts';
import type { ManifestFooter, ManifestHeader } from '../manifest/manifest-format.js';
import { EntryListReader } from '../manifest/entry-list.js';
import { readHeader } from '../manifest/manifest-reader.js';
import { EpochSupersededError, errorCode } from '../storage-errors.js';
import type { PlanPlace } from '../vault.js';
import { finishCommit, placeManifest, placeTree, settleHalfCommit, type CommitStep } from './commit-steps.js';
import { flushDirectory, flushFileSystem, makeDirectoryDurably } from './durable-files.js';
import type { ReceiptStore } from './receipt-store.js';
import type { StagingDirectory } from './staging-directory.js';
import type { Tree } from './tree.js';
import type { VaultLayout } from './vault-layout.js';

/** How content becomes safe: by one flush of the file system, or file by file where that cannot be asked for. */
export type FlushMode = 'file-system' | 'each-file';

export interface PublishOptions {
  readonly layout: VaultLayout;
  readonly receipts: ReceiptStore;
  readonly flush: FlushMode;
  /** Called before each step; what it throws ends the commit there. Tests only. */
  readonly before: (step: CommitStep) => void;
}

/**
 * Makes a complete draft a snapshot that survives power loss, and returns its receipt. All or nothing: at every instant
 * either its manifest is in place and everything it lists is safe, or the staging directory can be continued.
 * @throws EpochSupersededError if another snapshot of the plan came first
 */
export function publishSnapshot(
  { layout, receipts, flush, before }: PublishOptions,
  staging: StagingDirectory,
  tree: Tree,
  place: PlanPlace,
  header: ManifestHeader,
  footer: ManifestFooter,
  manifestDigest: Buffer,
): Receipt {
  const { snapshot } = header;
  const receipt = receipts.make(header, footer, manifestDigest);
  makeDirectoryDurably(layout.plan(place));
  makeDirectoryDurably(layout.planManifests(place));
  staging.writeClaim(place, receipt);
  before('flush');
  if (flush === 'file-system') flushFileSystem(staging.path);
  else flushEachFile(staging, tree);
  if (layout.newestSnapshot(place) !== header.previous)
    throw new EpochSupersededError('Another snapshot of this plan was committed meanwhile.');
  try {
    placeTree(layout, staging, place, snapshot, before);
    placeManifest(layout, staging, place, snapshot, before);
  } catch (error) {
    // A failed file call can be undone at once; anything else is left to the next recovery.
    if (errorCode(error) !== '' && !existsSync(layout.manifest(place, snapshot)) && staging.isOwned())
      settleHalfCommit(layout, receipts, staging);
    throw error;
  }
  try {
    finishCommit(layout, receipts, place, receipt, before);
    before('remove-staging');
    staging.remove(layout);
  } catch (error) {
    // The snapshot is safe. What is missing here, recovery or the next session makes.
    if (errorCode(error) === '') throw error;
  }
  return receipt;
}

function flushEachFile(staging: StagingDirectory, tree: Tree): void {
  const head = readHeader(staging.draft);
  const entries = EntryListReader.open(staging.draft, { start: head?.recordsAt ?? 0, end: null });
  for (let entry = entries.current; entry !== null; entries.advance(), entry = entries.current) {
    if (entry.kind === 'directory' || (entry.kind === 'file' && entry.digest !== null))
      flushFile(tree.openToRead(entry.path));
  }
  entries.close();
  for (const path of [staging.draft, staging.claimFile]) flushFile(openSync(path, 'r'));
  flushDirectory(staging.path);
}

function flushFile(file: number): void {
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
