import { comparePaths } from '@periodic-backup/protocol';
import { DamagedError, NotFoundError } from '../storage-errors.js';
import type { PlanPlace, VerifyProgress, VerifyReport, VerifyRequest } from '../vault.js';
import { ContentReader } from './content-reader.js';
import type { DamageRegister } from './damage-register.js';
import { SnapshotCheck, type ReadInode } from './snapshot-check.js';
import { SnapshotLease } from './snapshot-lease.js';
import type { SoundManifests } from './sound-manifest.js';
import type { VaultLayout } from './vault-layout.js';
import { VerifyFindings } from './verify-findings.js';

/** Each costs a block of its manifest and two descriptors. More are verified in turns. */
const SNAPSHOTS_AT_ONCE = 200;

export interface VerifyGround {
  readonly layout: VaultLayout;
  readonly manifests: SoundManifests;
  readonly damages: DamageRegister;
}

/** The work of {@link Vault.verify}. */
export function* verifySnapshots(
  ground: VerifyGround,
  place: PlanPlace,
  request: VerifyRequest,
): Generator<VerifyProgress, VerifyReport> {
  const snapshots = [...new Set(request.snapshots)].sort();
  const lease = SnapshotLease.take(ground.layout, place, snapshots);
  try {
    const verification = new Verification(ground, place, request, lease);
    for (let at = 0; at < snapshots.length; at += SNAPSHOTS_AT_ONCE)
      yield* verification.run(snapshots.slice(at, at + SNAPSHOTS_AT_ONCE));
    return verification.findings.report(verification.reader.progress);
  } finally {
    lease.release();
  }
}

class Verification {
  readonly reader = new ContentReader();
  readonly findings: VerifyFindings;

  constructor(
    private readonly ground: VerifyGround,
    private readonly place: PlanPlace,
    private readonly range: VerifyRequest,
    private readonly lease: SnapshotLease,
  ) {
    this.findings = new VerifyFindings(ground.damages.ofPlan(place));
  }

  /** A merge join of the snapshots' entries: what several have at one path is looked at together. */
  *run(snapshots: readonly string[]): Generator<VerifyProgress, void> {
    const checks: SnapshotCheck[] = [];
    try {
      for (const snapshot of snapshots) {
        const check = this.open(snapshot);
        if (check !== null) checks.push(check);
        yield this.step();
      }
      for (
        let front = frontOf(checks, this.range.to);
        front.length > 0;
        front = frontOf(checks, this.range.to)
      ) {
        const read: ReadInode[] = [];
        for (const check of front) {
          yield* check.check(read);
          check.advance();
        }
        yield this.step();
      }
      for (const check of checks) yield* check.finish(this.range.to === null);
    } finally {
      for (const check of checks) check.close();
    }
  }

  /** Null if there is nothing to compare with. The first piece says so. */
  private open(snapshot: string): SnapshotCheck | null {
    const { from } = this.range;
    try {
      const { manifest } = this.ground.manifests.open(this.place, snapshot, from === null);
      const folder = this.ground.layout.snapshot(this.place, snapshot);
      return new SnapshotCheck(snapshot, manifest, folder, from, this);
    } catch (error) {
      if (!(error instanceof DamagedError || error instanceof NotFoundError)) throw error;
      if (from === null) this.findings.snapshotIsDamaged(snapshot, error.message);
      return null;
    }
  }

  private step(): VerifyProgress {
    this.lease.showLife();
    return this.reader.progress;
  }
}

/** Those whose current path is the lowest, none if that is not before `to`. */
function frontOf(checks: readonly SnapshotCheck[], to: Buffer | null): SnapshotCheck[] {
  let front: SnapshotCheck[] = [];
  let lowest = to;
  for (const check of checks) {
    if (check.current === null) continue;
    const order = lowest === null ? -1 : comparePaths(check.current.path, lowest);
    if (order < 0) {
      front = [check];
      lowest = check.current.path;
    } else if (order === 0 && front.length > 0) front.push(check);
  }
  return front;
}
