import { existsSync, lstatSync, linkSync, readlinkSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Receipt } from '@periodic-backup/contracts';
import { StorageFailedError, errorCode } from '../storage-errors.js';
import type { PlanPlace } from '../vault.js';
import { flushDirectory, removeFile } from './durable-files.js';
import { markedName } from './process-mark.js';
import type { ReceiptStore } from './receipt-store.js';
import type { StagingDirectory } from './staging-directory.js';
import type { VaultLayout } from './vault-layout.js';

/** Steps of a commit in their order, named for fault injection. */
export type CommitStep =
  | 'flush'
  | 'place-tree'
  | 'flush-plan'
  | 'place-manifest'
  | 'flush-manifests'
  | 'store-receipt'
  | 'point-latest'
  | 'remove-staging';

/** Moves the finished tree to its final name; survives power loss. Not a snapshot yet: it has no manifest. */
export function placeTree(
  layout: VaultLayout,
  staging: StagingDirectory,
  place: PlanPlace,
  snapshot: string,
  before: (step: CommitStep) => void,
): void {
  before('place-tree');
  const folder = layout.snapshot(place, snapshot);
  // rename(2) would replace an empty directory without a word.
  if (existsSync(folder)) throw new StorageFailedError(`${folder} exists, and no manifest says what it is.`);
  renameSync(staging.tree, folder);
  before('flush-plan');
  flushDirectory(layout.plan(place));
}

/** Gives the manifest its final name, which makes the snapshot exist; survives power loss. Never replaces one. */
export function placeManifest(
  layout: VaultLayout,
  staging: StagingDirectory,
  place: PlanPlace,
  snapshot: string,
  before: (step: CommitStep) => void,
): void {
  before('place-manifest');
  const manifest = layout.manifest(place, snapshot);
  try {
    linkSync(staging.draft, manifest);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'EMLINK'].includes(errorCode(error)) || existsSync(manifest))
      throw error;
    renameSync(staging.draft, manifest);
  }
  before('flush-manifests');
  flushDirectory(layout.planManifests(place));
}

/**
 * What follows a commit and can be made again at any time: the receipt's file, `latest`, no staging. The snapshot is
 * safe already, so that a failure here is left to the next recovery.
 */
export function finishCommit(
  layout: VaultLayout,
  receipts: ReceiptStore,
  place: PlanPlace,
  receipt: Receipt,
  before: (step: CommitStep) => void,
): void {
  before('store-receipt');
  receipts.store(place, receipt);
  before('point-latest');
  pointLatest(layout, place);
}

/** Makes `latest` lead to the newest snapshot. False if it did so, or if something else has that name. */
export function pointLatest(layout: VaultLayout, place: PlanPlace): boolean {
  const latest = layout.latest(place);
  let changed = false;
  for (;;) {
    const newest = layout.newestSnapshot(place);
    if (newest === null || targetOf(latest) === newest || isForeign(latest)) return changed;
    const temporary = join(layout.plan(place), markedName('tmp'));
    try {
      symlinkSync(newest, temporary);
      renameSync(temporary, latest);
    } catch (error) {
      removeFile(temporary);
      if (['EPERM', 'ENOTSUP', 'EOPNOTSUPP'].includes(errorCode(error))) return changed; // no symlinks here
      throw error;
    }
    changed = true;
  }
}

export type HalfCommit = 'none' | 'finished' | 'undone';

/**
 * Ends what a crash left between the steps of a commit; the staging directory must be the caller's own. `finished`: the
 * snapshot exists, nothing of the staging is of use any more. `undone`: its tree is back, to be continued.
 */
export function settleHalfCommit(
  layout: VaultLayout,
  receipts: ReceiptStore,
  staging: StagingDirectory,
): HalfCommit {
  const claim = staging.readClaim();
  if (claim === null) return 'none';
  const { snapshot, runId } = claim.receipt;
  if (existsSync(layout.manifest(claim, snapshot))) {
    const receipt = receipts.ofSnapshot(claim, snapshot);
    if (receipt.runId !== runId)
      throw new StorageFailedError(`The snapshot ${snapshot} is not that of run ${runId}.`);
    // Seen is not yet durable: the crash may have come before the flush.
    flushDirectory(layout.planManifests(claim));
    finishCommit(layout, receipts, claim, receipt, () => undefined);
    return 'finished';
  }
  const folder = layout.snapshot(claim, snapshot);
  const isOut = !existsSync(staging.tree);
  if (isOut && existsSync(folder)) {
    renameSync(folder, staging.tree);
    flushDirectory(layout.plan(claim));
  }
  staging.dropClaim();
  return isOut ? 'undone' : 'none';
}

function targetOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'EINVAL') return null;
    throw error;
  }
}

function isForeign(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && !stat.isSymbolicLink();
}
