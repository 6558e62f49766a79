import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, isFull } from '../storage-errors.js';
import type { PlanPlace } from '../vault.js';
import { makeDirectoryDurably, removeFile } from './durable-files.js';
import { livenessOf, markOf, markedName } from './process-mark.js';
import { namesIn, type VaultLayout } from './vault-layout.js';

/** Last line of a lease that is complete. */
const END = 'end';
const SHOW_LIFE_EVERY_MS = 30_000;
/** A reader of another machine that showed no life for so long is gone. A client may be silent for ten minutes. */
export const LEASE_ABANDONED_AFTER_MS = 60 * 60_000;

/**
 * Says to every process that a reader uses some snapshots of a plan: none of them is removed meanwhile. It binds only those
 * who look after it was taken, so that its owner looks for the snapshots afterwards. Not durable: a crash of the
 * machine ends every reader there.
 */
export class SnapshotLease {
  private lifeShownAtMs = Date.now();

  private constructor(private readonly path: string) {}

  static take(layout: VaultLayout, place: PlanPlace, snapshots: readonly string[]): SnapshotLease {
    const directory = layout.planLeases(place);
    const path = join(directory, markedName('lease'));
    try {
      makeDirectoryDurably(directory);
      writeFileSync(path, [...snapshots, END].join('\n'), { flag: 'wx' });
    } catch (error) {
      // A disk that takes no more is one to restore from: reading goes on without.
      if (errorCode(error) !== 'EROFS' && !isFull(error)) throw error;
    }
    return new SnapshotLease(path);
  }

  /** Shows other machines that the reader lives. Call it now and then. */
  showLife(): void {
    const now = Date.now();
    if (now - this.lifeShownAtMs < SHOW_LIFE_EVERY_MS) return;
    this.lifeShownAtMs = now;
    try {
      utimesSync(this.path, now / 1000, now / 1000);
    } catch (error) {
      // Taken for dead by another machine: what is removed then, reading finds out.
      if (!['ENOENT', 'EROFS'].includes(errorCode(error))) throw error;
    }
  }

  /** Safe to repeat. */
  release(): void {
    try {
      removeFile(this.path);
    } catch (error) {
      if (errorCode(error) !== 'EROFS') throw error;
    }
  }
}

/** True if somebody reads the snapshot who is not known to be gone. */
export function isLeased(layout: VaultLayout, place: PlanPlace, snapshot: string, nowMs: number): boolean {
  const directory = layout.planLeases(place);
  return namesIn(directory).some((name) => {
    const path = join(directory, name);
    return leaseMayLive(path, name, nowMs) && holds(path, snapshot);
  });
}

/** False if the owner of a lease is gone. */
export function leaseMayLive(path: string, name: string, nowMs: number): boolean {
  const mark = markOf(name);
  if (mark === null) return false;
  const liveness = livenessOf(mark);
  if (liveness !== 'unknown') return liveness === 'alive';
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat !== undefined && nowMs - stat.mtimeMs <= LEASE_ABANDONED_AFTER_MS;
}

/** A lease that is being written holds everything. */
function holds(path: string, snapshot: string): boolean {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.at(-1) !== END || lines.includes(snapshot);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}
