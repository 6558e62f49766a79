import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SnapshotName } from '@periodic-backup/contracts';
import { errorCode } from '../storage-errors.js';
import type { PlanPlace } from '../vault.js';

/** Where everything of a `folders` vault lies below its target directory. */
export class VaultLayout {
  readonly own: string;
  readonly identityFile: string;
  readonly keyFile: string;
  readonly staging: string;
  readonly manifests: string;
  readonly receipts: string;
  readonly leases: string;
  readonly removing: string;
  readonly damages: string;

  constructor(readonly target: string) {
    this.own = join(target, '.vault');
    this.identityFile = join(this.own, 'vault.json');
    this.keyFile = join(this.own, 'receipt-key.pem');
    this.staging = join(this.own, 'staging');
    this.manifests = join(this.own, 'manifests');
    this.receipts = join(this.own, 'receipts');
    this.leases = join(this.own, 'leases');
    this.removing = join(this.own, 'removing');
    this.damages = join(this.own, 'damages');
  }

  /** Folder of a plan's snapshots. */
  plan({ agentFolder, planFolder }: PlanPlace): string {
    return join(this.target, agentFolder, planFolder);
  }

  snapshot(place: PlanPlace, snapshot: string): string {
    return join(this.plan(place), snapshot);
  }

  latest(place: PlanPlace): string {
    return join(this.plan(place), 'latest');
  }

  planManifests({ agentFolder, planFolder }: PlanPlace): string {
    return join(this.manifests, agentFolder, planFolder);
  }

  manifest(place: PlanPlace, snapshot: string): string {
    return join(this.planManifests(place), snapshot);
  }

  planReceipts({ agentFolder, planFolder }: PlanPlace): string {
    return join(this.receipts, agentFolder, planFolder);
  }

  receipt(place: PlanPlace, runId: string): string {
    return join(this.planReceipts(place), `${runId}.json`);
  }

  /** Who reads snapshots of the plan just now. */
  planLeases({ agentFolder, planFolder }: PlanPlace): string {
    return join(this.leases, agentFolder, planFolder);
  }

  /** Manifests of snapshots that are being removed. */
  planRemoving({ agentFolder, planFolder }: PlanPlace): string {
    return join(this.removing, agentFolder, planFolder);
  }

  /** What verifications found damaged. */
  planDamages({ agentFolder, planFolder }: PlanPlace): string {
    return join(this.damages, agentFolder, planFolder);
  }

  planStaging(planId: string): string {
    return join(this.staging, planId);
  }

  /** Names of the plan's snapshots, oldest first: those that have a manifest. */
  snapshotNames(place: PlanPlace): string[] {
    return namesIn(this.planManifests(place))
      .filter((name) => SnapshotName.safeParse(name).success)
      .sort();
  }

  newestSnapshot(place: PlanPlace): string | null {
    return this.snapshotNames(place).at(-1) ?? null;
  }

  /** Every place that has manifests. */
  places(): PlanPlace[] {
    return placesIn(this.manifests);
  }
}

/** The places that have a directory below one of the vault's own. */
export function placesIn(directory: string): PlanPlace[] {
  return namesIn(directory).flatMap((agentFolder) =>
    namesIn(join(directory, agentFolder)).map((planFolder) => ({ agentFolder, planFolder })),
  );
}

/** Names in a directory, none if there is no such directory. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}
