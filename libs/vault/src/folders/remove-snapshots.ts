import { errorCode, storageError } from '../storage-errors.js';
import type { PlanPlace, RemovalReport } from '../vault.js';
import { pointLatest } from './commit-steps.js';
import { OnlyCopies } from './only-copies.js';
import { isLeased } from './snapshot-lease.js';
import { SnapshotRemoval, type RemovalGround } from './snapshot-removal.js';
import type { SoundManifests } from './sound-manifest.js';

export interface RemoveOptions extends RemovalGround {
  readonly manifests: SoundManifests;
  readonly keepOnlyCopies: boolean;
}

const IN_USE = 'It is being read or verified just now.';

/** The work of {@link Vault.removeSnapshots}. */
export function removeSnapshots(
  options: RemoveOptions,
  place: PlanPlace,
  snapshots: readonly string[],
): RemovalReport {
  completeLeftBehind(options, place);
  const wanted = new Set(snapshots);
  const kept = reasonsToKeep(options, place, wanted);
  const removed: string[] = [];
  for (const snapshot of [...wanted].sort()) {
    if (kept.has(snapshot)) continue;
    const reason = removeOne(options, place, snapshot);
    if (reason === null) removed.push(snapshot);
    else kept.set(snapshot, reason);
  }
  pointLatest(options.layout, place);
  return { removed, kept: [...kept].sort().map(([snapshot, reason]) => ({ snapshot, reason })) };
}

/** What of the wanted stays whoever reads it. Decided from the newest on: what stays counts as a copy for those before. */
function reasonsToKeep(
  options: RemoveOptions,
  place: PlanPlace,
  wanted: ReadonlySet<string>,
): Map<string, string> {
  const { layout, manifests } = options;
  const newestFirst = layout.snapshotNames(place).reverse();
  const kept = new Map<string, string>();
  const keep = (snapshot: string | undefined, reason: string): void => {
    if (snapshot !== undefined && wanted.has(snapshot) && !kept.has(snapshot)) kept.set(snapshot, reason);
  };
  keep(newestFirst[0], 'It is the newest snapshot of the plan.');
  // Asking opens manifests until one is sound: most often the first.
  const sound = newestFirst.find((snapshot) => manifests.openIfSound(place, snapshot) !== null);
  keep(sound, 'It is the newest snapshot of the plan whose manifest is not damaged.');
  if (!options.keepOnlyCopies) return kept;
  const copies = new OnlyCopies(options, place);
  try {
    for (const snapshot of newestFirst) {
      const isOpen = wanted.has(snapshot) && !kept.has(snapshot);
      const reason = isOpen ? copies.reasonToKeep(snapshot) : null;
      if (isOpen && reason === null) continue;
      if (reason !== null) kept.set(snapshot, reason);
      copies.stays(snapshot);
    }
  } finally {
    copies.close();
  }
  return kept;
}

/** Null if it is gone, else why not. */
function removeOne(options: RemoveOptions, place: PlanPlace, snapshot: string): string | null {
  if (isLeased(options.layout, place, snapshot, options.nowMs)) return IN_USE;
  try {
    return SnapshotRemoval.begin(options, place, snapshot)?.complete() === 'in-use' ? IN_USE : null;
  } catch (cause) {
    if (errorCode(cause) === '') throw cause;
    return storageError(cause, `remove the snapshot ${snapshot}`).message;
  }
}

/** Ends removals that a crash or a failing disk left; returns how many. What fails again is left again. */
export function completeLeftBehind(ground: RemovalGround, place: PlanPlace): number {
  let completed = 0;
  for (const left of SnapshotRemoval.leftBehind(ground, place)) {
    try {
      left.complete();
      completed++;
    } catch (error) {
      if (errorCode(error) === '') throw error;
    }
  }
  return completed;
}
