import type { PlanHealthFacts } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import {
  HEALTH_MEMBERS,
  damagedSnapshots,
  healthFactsOf,
  oldestOpen,
} from '../promises/plan-health-facts.js';
import { LIVE, readPlanTraits } from '../promises/plan-traits.js';
import { readStandings } from '../standings/read-standings.js';
import { RUN_MEMBERS, runFactsOf, type PlanRunFacts } from './plan-facts.js';
import { SNAPSHOT_MEMBERS, snapshotFactsOf, type SnapshotFacts } from './snapshot-facts.js';

const MEMBERS = [...new Set([...HEALTH_MEMBERS, ...RUN_MEMBERS, ...SNAPSHOT_MEMBERS])];

/** What alerts about plans, and about the agents and vaults of plans, are judged by. */
export interface AlertPlanFacts {
  /** Of every live plan. */
  readonly health: readonly PlanHealthFacts[];
  /** Of those that are not paused. */
  readonly runs: readonly PlanRunFacts[];
  /** Of those that are not paused and have a snapshot. */
  readonly snapshots: readonly SnapshotFacts[];
  /** Bytes of the largest among the newest snapshots of a vault's live plans, by vault. */
  readonly largestBytes: ReadonlyMap<string, number>;
}

/** Read at one go: a few statements, however many plans there are, one after the other. */
export async function alertPlanFacts(ledger: Ledger): Promise<AlertPlanFacts> {
  const plans = await readPlanTraits(ledger, LIVE);
  const standings = await readStandings(ledger, MEMBERS, LIVE);
  const aside = { open: await oldestOpen(ledger), damages: await damagedSnapshots(ledger) };
  const health: PlanHealthFacts[] = [];
  const runs: PlanRunFacts[] = [];
  const snapshots: SnapshotFacts[] = [];
  const largestBytes = new Map<string, number>();
  for (const plan of plans) {
    const standing = standings.get(plan.id);
    if (!standing) continue;
    health.push(healthFactsOf(plan, standing, aside));
    const { newestBytes } = standing;
    if (newestBytes !== null)
      largestBytes.set(plan.vaultId, Math.max(newestBytes, largestBytes.get(plan.vaultId) ?? 0));
    if (plan.pausedAt) continue;
    runs.push(runFactsOf(plan, standing));
    const snapshot = snapshotFactsOf(plan, standing);
    if (snapshot) snapshots.push(snapshot);
  }
  return { health, runs, snapshots, largestBytes };
}
