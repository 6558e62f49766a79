import type { Vault, PlanPlace, SnapshotSummary } from '@periodic-backup/vault';
import type { PartLimits, VerificationCut } from './session-messages.js';

const MAX_PARTS = 64;
const PART_ENTRIES = 200_000;
/** A part under a rate should be done within this: others wait behind it. */
const PART_SECONDS = 600;

/** Where to cut the verification of these snapshots, null being all, so that each part is done in some minutes. */
export function cutVerification(
  vault: Vault,
  place: PlanPlace,
  wanted: readonly string[] | null,
  limits: PartLimits,
): VerificationCut {
  const present = vault.listSnapshots(place);
  const snapshots = wanted ?? present.map(({ snapshot }) => snapshot);
  const parts = partsOf(
    present.filter(({ snapshot }) => snapshots.includes(snapshot)),
    limits,
  );
  return { snapshots, cuts: parts > 1 ? vault.cutPaths(place, snapshots, parts) : [] };
}

function partsOf(summaries: readonly SnapshotSummary[], { partBytes, bytesPerSecond }: PartLimits): number {
  let bytes = 0;
  let entries = 0;
  summaries.forEach(({ receipt: { counts } }, at) => {
    // What later ones share with those before is read once.
    bytes += at === 0 ? counts.bytes : counts.storedBytes;
    entries += counts.entries;
  });
  const mostBytes = bytesPerSecond === null ? partBytes : Math.min(partBytes, bytesPerSecond * PART_SECONDS);
  const parts = Math.ceil(Math.max(bytes / mostBytes, entries / PART_ENTRIES));
  return Math.min(Math.max(parts, 1), MAX_PARTS);
}
