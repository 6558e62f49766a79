import { Inject, Injectable } from '@nestjs/common';
import type { SnapshotView } from '@periodic-backup/contracts';
import { getSnapshot, type Ledger } from '@periodic-backup/ledger';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError, notFound } from '../http/problem.js';

/** Finds snapshots for those who want to use them. */
@Injectable()
export class SnapshotShelf {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  /** One that was ever there. @throws ProblemError 404 */
  async find(snapshotId: string): Promise<SnapshotView> {
    const snapshot = await getSnapshot(this.ledger, snapshotId);
    if (!snapshot) throw notFound('snapshot', snapshotId);
    return snapshot;
  }

  /** One that is still there. @throws ProblemError 404, 410 */
  async take(snapshotId: string): Promise<SnapshotView> {
    const snapshot = await this.find(snapshotId);
    if (snapshot.removedAt !== null)
      throw new ProblemError(
        410,
        `Snapshot ${snapshot.snapshot} of plan ${snapshot.planId} was removed at ${snapshot.removedAt}, as its retention says.`,
      );
    return snapshot;
  }
}
