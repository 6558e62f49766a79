import { SnapshotView } from '@periodic-backup/contracts';
import { formatBytes } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findPlan } from '../naming/find-plan.js';
import { ageOf } from '../output/ages.js';
import { table } from '../output/table.js';

/** `pbk snapshots [PLAN]`: what can be restored, newest first. */
export async function listSnapshots(
  context: CommandContext,
  planName: string | undefined,
  limit: number,
): Promise<ExitCode> {
  const plan = planName === undefined ? null : await findPlan(context.api, planName);
  const query = plan ? `planId=${plan.id}&limit=200` : 'limit=200';
  const snapshots: SnapshotView[] = [];
  for await (const snapshot of context.api.pages(SnapshotView, `/snapshots?${query}`)) {
    snapshots.push(snapshot);
    if (snapshots.length >= limit) break;
  }
  answer(context, snapshots, () => (snapshots.length === 0 ? 'No snapshot yet.' : snapshotTable(snapshots)));
  return EXIT.ok;
}

function snapshotTable(snapshots: readonly SnapshotView[]): string {
  return table(
    ['SNAPSHOT', 'PLAN', 'AGENT', 'FILES', 'SIZE', 'NEW', 'VERIFIED', 'STATE', 'ID'],
    snapshots.map((one) => [
      one.snapshot,
      one.planFolder,
      one.agentFolder,
      String(one.counts.files),
      formatBytes(one.counts.bytes),
      formatBytes(one.counts.storedBytes),
      ageOf(one.verifiedAt),
      [one.damages.length > 0 ? 'DAMAGED' : 'good', one.pinned ? 'pinned' : ''].filter(Boolean).join(', '),
      one.id,
    ]),
  );
}
