import { comparePaths } from '@periodic-backup/protocol';
import type { Manifest } from '../manifest/manifest-reader.js';
import type { PlanPlace } from '../vault.js';
import type { SoundManifests } from './sound-manifest.js';

/** More make the pieces more equal. */
const SAMPLES_PER_PART = 8;
const SNAPSHOTS_SAMPLED = 64;

interface Sample {
  readonly path: Buffer;
  /** Entries it stands for. */
  readonly weight: number;
}

/** The work of {@link Vault.cutPaths}: a sample of the paths of each snapshot, most often from its index alone. */
export function cutPaths(
  manifests: SoundManifests,
  place: PlanPlace,
  snapshots: readonly string[],
  parts: number,
): Buffer[] {
  const stride = Math.ceil(snapshots.length / SNAPSHOTS_SAMPLED);
  const samples = snapshots
    .filter((_, i) => i % stride === 0)
    .flatMap((snapshot) => {
      const sound = manifests.openIfSound(place, snapshot);
      return sound === null ? [] : samplesOf(sound.manifest, parts * SAMPLES_PER_PART);
    })
    .sort((a, b) => comparePaths(a.path, b.path));
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  const cuts: Buffer[] = [];
  let passed = 0;
  for (const { path, weight } of samples) {
    const isDue = cuts.length + 1 < parts && passed > 0 && passed >= (total * (cuts.length + 1)) / parts;
    if (isDue && !cuts.at(-1)?.equals(path)) cuts.push(path);
    passed += weight;
  }
  return cuts;
}

function samplesOf(manifest: Manifest, count: number): Sample[] {
  const { index } = manifest;
  const { entries } = manifest.footer.counts;
  const samples: Sample[] = [];
  if (index.blocks >= count) {
    for (let i = 0; i < count; i++)
      samples.push({
        path: index.firstPath(Math.floor((i * index.blocks) / count)),
        weight: entries / count,
      });
    return samples;
  }
  const stride = Math.max(1, Math.floor(entries / count));
  let at = 0;
  for (const { path } of manifest.entriesFrom(null))
    if (at++ % stride === 0) samples.push({ path, weight: stride });
  return samples;
}
