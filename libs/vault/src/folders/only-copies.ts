import type { Entry } from '@periodic-backup/protocol';
import type { ManifestCursor } from '../manifest/manifest-cursor.js';
import { shownPath } from '../storage-errors.js';
import type { PlanPlace } from '../vault.js';
import type { DamageRegister, PlanDamages } from './damage-register.js';
import type { SoundManifests } from './sound-manifest.js';

/** Newer snapshots that are looked at. Not looking at more keeps too much, never too little. */
const COMPARED_AT_MOST = 64;

/**
 * Tells which snapshots hold a path that no newer one that stays has. A merge join: all lists are sorted, and every cursor
 * only moves forward. A file counts wherever its content is, not where it is known to be damaged.
 */
export class OnlyCopies {
  private readonly newer: string[] = [];
  private readonly cursors = new Map<string, ManifestCursor | null>();
  private readonly damages: PlanDamages;

  constructor(
    private readonly vault: { readonly manifests: SoundManifests; readonly damages: DamageRegister },
    private readonly place: PlanPlace,
  ) {
    this.damages = vault.damages.ofPlan(place);
  }

  /** The snapshot is not removed: what it holds is safe in it. Call it from the newest on. */
  stays(snapshot: string): void {
    if (this.newer.length < COMPARED_AT_MOST) this.newer.push(snapshot);
  }

  /** Why a snapshot older than all that stay so far has to stay too; null if it need not. */
  reasonToKeep(snapshot: string): string | null {
    const sound = this.vault.manifests.openIfSound(this.place, snapshot);
    if (sound === null) return 'Its manifest is damaged: nobody can tell what only this snapshot holds.';
    for (const entry of sound.manifest.entriesFrom(null))
      if (hasContent(entry) && !this.newer.some((other) => this.holds(other, entry.path)))
        return `No newer snapshot has ${shownPath(entry.path)}.`;
    return null;
  }

  close(): void {
    for (const cursor of this.cursors.values()) cursor?.close();
  }

  private holds(snapshot: string, path: Buffer): boolean {
    const cursor = this.cursorOf(snapshot);
    if (cursor === null) return false;
    cursor.seek(path);
    const { current } = cursor;
    return (
      current !== null &&
      current.path.equals(path) &&
      hasContent(current) &&
      this.damages.whatOf(snapshot, path) === null
    );
  }

  private cursorOf(snapshot: string): ManifestCursor | null {
    let cursor = this.cursors.get(snapshot);
    if (cursor === undefined) {
      cursor = this.vault.manifests.openIfSound(this.place, snapshot)?.manifest.cursor() ?? null;
      this.cursors.set(snapshot, cursor);
    }
    return cursor;
  }
}

function hasContent({ kind, digest }: Entry): boolean {
  return kind === 'hardlink' || (kind === 'file' && digest !== null);
}
