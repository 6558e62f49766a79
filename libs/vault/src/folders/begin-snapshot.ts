import { existsSync } from 'node:fs';
import { SessionError } from '@periodic-backup/protocol';
import type { Manifest } from '../manifest/manifest-reader.js';
import { EpochSupersededError, isFull } from '../storage-errors.js';
import type { AppendRequest, PlanPlace } from '../vault.js';
import { settleHalfCommit } from './commit-steps.js';
import type { DamageRegister } from './damage-register.js';
import { publishSnapshot, type PublishOptions } from './publish-snapshot.js';
import { SnapshotContent } from './snapshot-content.js';
import { nextSnapshotName } from './snapshot-name.js';
import { SnapshotWriter } from './snapshot-writer.js';
import type { SoundManifests } from './sound-manifest.js';
import { gatherStaged } from './staged-content.js';
import { StagingDirectory } from './staging-directory.js';
import type { Tree } from './tree.js';

/** What of a vault a new snapshot needs. */
export interface SnapshotGround extends PublishOptions {
  readonly vaultId: string;
  readonly manifests: SoundManifests;
  readonly damages: DamageRegister;
  readonly clock: () => Date;
  readonly tree: (root: string) => Tree;
}

/** The work of {@link Vault.append}. */
export function beginSnapshot(ground: SnapshotGround, request: AppendRequest): SnapshotWriter {
  refuseOldEpoch(ground, request);
  const { staging, writerMayLive } = takeStaging(ground, request);
  return whileOwned(staging, () => {
    refuseOldEpoch(ground, request);
    return writerIn(ground, request, staging, writerMayLive);
  });
}

function refuseOldEpoch({ layout, manifests }: SnapshotGround, request: AppendRequest): void {
  const newest = layout.newestSnapshot(request);
  const last = newest === null ? null : manifests.receiptOfAny(request, newest);
  if (last === null) return;
  if (last.runId === request.runId)
    throw new SessionError('BUSY', 'This run was committed just now. Connect again to get its receipt.');
  if (last.epoch > request.epoch)
    throw new EpochSupersededError(
      `A newer attempt (epoch ${last.epoch}) of this plan has committed ${newest}.`,
    );
}

/** The staging directory, ready to be continued: whatever a crash left in it is settled. */
function takeStaging(
  { layout, receipts, tree }: SnapshotGround,
  request: AppendRequest,
): { staging: StagingDirectory; writerMayLive: boolean } {
  for (let begunAnew = false; ;) {
    const taken = StagingDirectory.take(layout, request);
    const { staging } = taken;
    const isUsable = whileOwned(staging, () => {
      const settled = settleHalfCommit(layout, receipts, staging);
      return settled !== 'finished' && existsSync(staging.tree);
    });
    if (isUsable) {
      try {
        whileOwned(staging, () => gatherStaged(staging, tree(staging.tree)));
        return taken;
      } catch (cause) {
        // What is staged takes the very room that going on needs: it has to go.
        if (begunAnew || !isFull(cause)) throw cause;
        begunAnew = true;
      }
    }
    staging.remove(layout);
  }
}

function writerIn(
  ground: SnapshotGround,
  request: AppendRequest,
  staging: StagingDirectory,
  writerBeforeMayLive: boolean,
): SnapshotWriter {
  const { agentFolder, planFolder, agentId, planId, runId, epoch, accumulate } = request;
  const { layout, vaultId, clock } = ground;
  const place = { agentFolder, planFolder };
  const previous = layout.newestSnapshot(place);
  const snapshot = nextSnapshotName(request.now, previous);
  const header = {
    vaultId,
    agentId,
    planId,
    runId,
    epoch,
    snapshot,
    previous,
    digest: 'blake3',
  } as const;
  const tree = ground.tree(staging.tree);
  const base = baseOf(ground, place);
  return new SnapshotWriter({
    staging,
    writerBeforeMayLive,
    content: new SnapshotContent(
      tree,
      base === null ? null : ground.tree(layout.snapshot(place, base.snapshot)),
      base === null ? undefined : damageIn(ground, place, base.snapshot),
    ),
    header,
    previousManifest: base?.manifest ?? null,
    previousIsLost: previous !== (base?.snapshot ?? null),
    accumulate,
    clock,
    publish: (footer, digest) => publishSnapshot(ground, staging, tree, place, header, footer, digest),
  });
}

/**
 * The newest snapshot whose manifest is as its receipt says: the one to share unchanged content with. A damaged manifest
 * hinders no new snapshot; what only that one held is sent anew. Retention never removes this snapshot.
 */
function baseOf(
  { layout, manifests }: SnapshotGround,
  place: PlanPlace,
): { readonly snapshot: string; readonly manifest: Manifest } | null {
  for (const snapshot of layout.snapshotNames(place).reverse()) {
    const sound = manifests.openIfSound(place, snapshot);
    if (sound !== null) return { snapshot, manifest: sound.manifest };
  }
  return null;
}

/** Tells of a path whether a snapshot holds it damaged: found so there, or in another one that shares the inode. */
function damageIn(
  { layout, damages, tree }: SnapshotGround,
  place: PlanPlace,
  snapshot: string,
): ((path: Buffer) => boolean) | undefined {
  const known = damages.ofPlan(place);
  if (known.isEmpty) return undefined;
  const inodeIn = (one: string, path: Buffer): string | null => {
    const stat = tree(layout.snapshot(place, one)).lstat(path);
    return stat && `${stat.dev}:${stat.ino}`;
  };
  return (path) => {
    if (known.whatOf(snapshot, path) !== null) return true;
    return known.snapshotsAt(path).some((other) => {
      const inode = inodeIn(other, path);
      return inode !== null && inode === inodeIn(snapshot, path);
    });
  };
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
