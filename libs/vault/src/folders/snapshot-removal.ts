import { existsSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SnapshotName } from '@periodic-backup/contracts';
import { errorCode } from '../storage-errors.js';
import type { PlanPlace } from '../vault.js';
import type { DamageRegister } from './damage-register.js';
import { flushDirectory, makeDirectoryDurably, removeFile } from './durable-files.js';
import { livenessOf, markOf, markedName } from './process-mark.js';
import type { ReceiptStore } from './receipt-store.js';
import { isLeased } from './snapshot-lease.js';
import { removeTree } from './staging-directory.js';
import { namesIn, type VaultLayout } from './vault-layout.js';

/** Steps of a removal in their order, named for fault injection. */
export type RemovalStep =
  'hide-manifest' | 'flush-hidden' | 'move-tree' | 'delete-tree' | 'remove-receipt' | 'remove-marker';

export interface RemovalGround {
  readonly layout: VaultLayout;
  readonly receipts: ReceiptStore;
  readonly damages: DamageRegister;
  readonly nowMs: number;
  /** Called before each step; what it throws ends the removal there. Tests only. */
  readonly before: (step: RemovalStep) => void;
}

/** An owner of another machine that was silent for so long is gone. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/**
 * A snapshot on its way out. Its manifest, moved aside, is the marker of that: from that instant the snapshot does not
 * exist, and until the folder is moved away too it can be put back. The marker goes last, so that a recovery finds what a
 * crash left. Its name tells whose work it is: `<snapshot><mark>`, or nobody's: `<snapshot>`.
 */
export class SnapshotRemoval {
  private constructor(
    private readonly ground: RemovalGround,
    private readonly place: PlanPlace,
    private readonly snapshot: string,
    private marker: string,
  ) {}

  /** Takes the snapshot out of those that exist; survives power loss. Null if it does not exist. */
  static begin(ground: RemovalGround, place: PlanPlace, snapshot: string): SnapshotRemoval | null {
    const { layout, before } = ground;
    const directory = layout.planRemoving(place);
    makeDirectoryDurably(directory);
    const marker = join(directory, snapshot + markedName('old'));
    before('hide-manifest');
    try {
      renameSync(layout.manifest(place, snapshot), marker);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
    return new SnapshotRemoval(ground, place, snapshot, marker);
  }

  /** The removals of a plan that nobody is at work on any more. Each is this process's own from then on. */
  static *leftBehind(ground: RemovalGround, place: PlanPlace): Generator<SnapshotRemoval> {
    const directory = ground.layout.planRemoving(place);
    for (const name of namesIn(directory)) {
      const snapshot = snapshotOf(name);
      if (snapshot === null || mayLive(directory, name, ground.nowMs)) continue;
      const marker = join(directory, snapshot + markedName('old'));
      try {
        renameSync(join(directory, name), marker);
      } catch (error) {
        if (errorCode(error) === 'ENOENT') continue;
        throw error;
      }
      yield new SnapshotRemoval(ground, place, snapshot, marker);
    }
  }

  /** Ends it; safe to repeat from any state that a crash leaves. `in-use`: somebody reads the snapshot, it is back. */
  complete(): 'removed' | 'in-use' {
    try {
      return this.removeAll();
    } catch (error) {
      // A failed file call, not the end of the process: whoever comes next goes on.
      if (errorCode(error) !== '') this.leave();
      throw error;
    }
  }

  private removeAll(): 'removed' | 'in-use' {
    const { layout, receipts, damages, before, nowMs } = this.ground;
    const { place, snapshot } = this;
    before('flush-hidden');
    flushDirectory(layout.planRemoving(place));
    flushDirectory(layout.planManifests(place));
    const folder = layout.snapshot(place, snapshot);
    if (existsSync(folder)) {
      // A reader that took its lease after the first look finds no manifest, or is found here.
      if (isLeased(layout, place, snapshot, nowMs)) {
        this.putBack();
        return 'in-use';
      }
      this.deleteFolder(folder);
    }
    before('remove-receipt');
    receipts.remove(place, snapshot, this.marker);
    damages.forget(place, snapshot);
    before('remove-marker');
    removeFile(this.marker);
    flushDirectory(layout.planRemoving(place));
    return 'removed';
  }

  /** In one piece out of the plan's folder; what a crash leaves of it there is swept up as everything is. */
  private deleteFolder(folder: string): void {
    const { layout, before } = this.ground;
    before('move-tree');
    const trash = markedName('old');
    try {
      renameSync(folder, join(layout.staging, trash));
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return;
      this.putBack();
      throw error;
    }
    before('delete-tree');
    removeTree(layout.staging, trash);
  }

  private putBack(): void {
    const { layout } = this.ground;
    renameSync(this.marker, layout.manifest(this.place, this.snapshot));
    flushDirectory(layout.planManifests(this.place));
    flushDirectory(layout.planRemoving(this.place));
  }

  private leave(): void {
    const nobodys = join(this.ground.layout.planRemoving(this.place), this.snapshot);
    try {
      renameSync(this.marker, nobodys);
      this.marker = nobodys;
    } catch (error) {
      // Put back, taken over or on a disk that fails: the end of this process makes it nobody's.
      if (errorCode(error) === '') throw error;
    }
  }
}

/** Snapshots of a plan that are on their way out. */
export function snapshotsBeingRemoved(layout: VaultLayout, place: PlanPlace): string[] {
  return namesIn(layout.planRemoving(place)).flatMap((name) => snapshotOf(name) ?? []);
}

function snapshotOf(markerName: string): string | null {
  const dot = markerName.indexOf('.');
  return SnapshotName.safeParse(dot < 0 ? markerName : markerName.slice(0, dot)).data ?? null;
}

function mayLive(directory: string, name: string, nowMs: number): boolean {
  const dot = name.indexOf('.');
  const mark = dot < 0 ? null : markOf(name.slice(dot));
  if (mark === null) return false;
  const liveness = livenessOf(mark);
  if (liveness !== 'unknown') return liveness === 'alive';
  // Its modification time is that of the manifest; the change time is that of the renaming.
  const stat = statSync(join(directory, name), { throwIfNoEntry: false });
  return stat !== undefined && nowMs - stat.ctimeMs <= ABANDONED_AFTER_MS;
}
