import { statSync } from 'node:fs';
import { join } from 'node:path';
import { SnapshotName } from '@periodic-backup/contracts';
import { readHeader } from '../manifest/manifest-reader.js';
import { errorCode } from '../storage-errors.js';
import type { PlanPlace, RecoveryReport } from '../vault.js';
import { pointLatest, settleHalfCommit } from './commit-steps.js';
import { removeFile } from './durable-files.js';
import { livenessOf, markOf } from './process-mark.js';
import type { ReceiptStore } from './receipt-store.js';
import { completeLeftBehind } from './remove-snapshots.js';
import { leaseMayLive } from './snapshot-lease.js';
import { snapshotsBeingRemoved, type RemovalGround } from './snapshot-removal.js';
import { StagingDirectory, removeIfEmpty, removeTree } from './staging-directory.js';
import { namesIn, placesIn, type VaultLayout } from './vault-layout.js';

/** An owner of another machine that showed no life for so long is gone; only a long flush keeps a living one silent. */
const ABANDONED_AFTER_MS = 10 * 60_000;

/** The work of {@link Vault.recover}. */
export function recoverVault(ground: RemovalGround): RecoveryReport {
  const recovery = new Recovery(ground);
  recovery.run();
  return recovery.report;
}

class Recovery {
  readonly report = {
    finishedCommits: 0,
    undoneCommits: 0,
    finishedRemovals: 0,
    removedStrays: 0,
    resumableStagings: 0,
    unknownFolders: 0,
  };

  /** Folders of plans that somebody commits to just now. */
  private readonly committing = new Set<string>();

  private readonly layout: VaultLayout;
  private readonly receipts: ReceiptStore;
  private readonly nowMs: number;

  constructor(private readonly ground: RemovalGround) {
    this.layout = ground.layout;
    this.receipts = ground.receipts;
    this.nowMs = ground.nowMs;
  }

  run(): void {
    this.removeStrays(this.layout.own);
    this.removeStrays(this.layout.staging);
    for (const planId of namesIn(this.layout.staging)) this.recoverStaging(planId);
    for (const place of placesIn(this.layout.removing))
      this.report.finishedRemovals += completeLeftBehind(this.ground, place);
    for (const place of placesIn(this.layout.damages)) this.removeStrays(this.layout.planDamages(place));
    for (const place of placesIn(this.layout.leases)) this.removeDeadLeases(this.layout.planLeases(place));
    for (const place of this.layout.places())
      if (!this.committing.has(this.layout.plan(place))) this.recoverPlace(place);
  }

  private recoverStaging(planId: string): void {
    const found = StagingDirectory.ofPlan(this.layout, planId);
    if (found === null) {
      if (removeIfEmpty(this.layout.planStaging(planId))) this.report.removedStrays++;
      return;
    }
    if (this.mayLive(found)) {
      this.report.resumableStagings++;
      const claim = found.readClaim();
      if (claim !== null) this.committing.add(this.layout.plan(claim));
      return;
    }
    // Owned from here on: whoever was there after all is fenced out before anything is moved.
    const staging = found.renamed(found.epoch);
    if (staging === null) return;
    const settled = settleHalfCommit(this.layout, this.receipts, staging);
    if (settled === 'finished') this.report.finishedCommits++;
    if (settled === 'undone') this.report.undoneCommits++;
    if (settled !== 'finished' && namesIn(staging.tree).length > 0) {
      staging.disown();
      this.report.resumableStagings++;
      return;
    }
    staging.remove(this.layout);
    if (settled === 'none') this.report.removedStrays++;
  }

  private mayLive(staging: StagingDirectory): boolean {
    try {
      const liveness = staging.ownerLiveness();
      return liveness === 'alive' || (liveness === 'unknown' && !this.isOld(staging.seenAtMs()));
    } catch (error) {
      // Renamed at this moment: somebody is at work.
      if (errorCode(error) === 'ENOENT') return true;
      throw error;
    }
  }

  private recoverPlace(place: PlanPlace): void {
    this.removeStrays(this.layout.plan(place));
    this.removeStrays(this.layout.planReceipts(place));
    this.report.unknownFolders += this.foldersWithoutManifest(place);
    const newest = this.layout.newestSnapshot(place);
    if (newest === null) return;
    const head = readHeader(this.layout.manifest(place, newest));
    const repaired = head !== null && !this.receipts.isStored(place, head.header.runId);
    if (repaired) this.receipts.repair(place, newest);
    if (pointLatest(this.layout, place) || repaired) this.report.finishedCommits++;
  }

  /**
   * Folders named like snapshots that nothing vouches for: counted, never removed. No crash of ours leaves one, because the
   * staging directory that claims it outlives it; a vault copied without its `.vault` has nothing else.
   */
  private foldersWithoutManifest(place: PlanPlace): number {
    const known = new Set([
      ...this.layout.snapshotNames(place),
      ...snapshotsBeingRemoved(this.layout, place),
    ]);
    return namesIn(this.layout.plan(place)).filter(
      (name) => SnapshotName.safeParse(name).success && !known.has(name),
    ).length;
  }

  private removeStrays(directory: string): void {
    for (const name of namesIn(directory)) {
      const mark = markOf(name);
      if (mark === null) continue;
      const liveness = livenessOf(mark);
      if (liveness === 'alive' || (liveness === 'unknown' && !this.isOldPath(join(directory, name))))
        continue;
      removeTree(directory, name);
      this.report.removedStrays++;
    }
  }

  private removeDeadLeases(directory: string): void {
    for (const name of namesIn(directory)) {
      if (leaseMayLive(join(directory, name), name, this.nowMs)) continue;
      removeFile(join(directory, name));
      this.report.removedStrays++;
    }
  }

  private isOldPath(path: string): boolean {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat !== undefined && this.isOld(stat.mtimeMs);
  }

  private isOld(changedAtMs: number): boolean {
    return this.nowMs - changedAtMs > ABANDONED_AFTER_MS;
  }
}
