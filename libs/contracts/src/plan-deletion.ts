import { z } from 'zod';
import { AgentId } from './names.js';
import type { AfterTransmit } from './plan.js';
import { SnapshotSpan } from './retention-preview.js';
import { RunKind, RunState } from './run.js';

/** What deleting a plan does to what hangs on it, or did: nothing that could not be undone. */
export const PlanDeletion = z
  .object({
    planId: z.uuid(),
    planName: z.string(),
    agentId: AgentId,
    /** When it was deleted; null: it is not. */
    deletedAt: z.iso.datetime().nullable(),
    sentences: z.array(z.string()),
    /** All of them stay. */
    snapshots: SnapshotSpan.extend({ pinned: z.int().nonnegative(), damaged: z.int().nonnegative() }),
    /** Runs that have not ended: those that wait are cancelled, the others come to their end. */
    openRuns: z.array(z.object({ runId: z.uuid(), kind: RunKind, state: RunState })).max(1000),
  })
  .meta({ id: 'PlanDeletion' });
export type PlanDeletion = z.infer<typeof PlanDeletion>;

export interface DeletionFacts {
  readonly plan: {
    readonly name: string;
    readonly agentId: string;
    readonly sourceDir: string;
    readonly afterTransmit: AfterTransmit;
    readonly backupDir: string | null;
    readonly deletedAt: Date | null;
  };
  readonly snapshots: PlanDeletion['snapshots'];
  readonly openRuns: PlanDeletion['openRuns'];
}

/** For people: what happens to snapshots, open runs and the agent's files, and how to undo it. */
export function deletionSentences({ plan, snapshots, openRuns }: DeletionFacts): string[] {
  const waiting = openRuns.filter(({ state }) => state === 'waiting').length;
  const active = openRuns.length - waiting;
  return [
    snapshotSentence(snapshots),
    `The plan is not due any more: no backup, no verification by schedule and no retention. Its name "${plan.name}" stays taken on agent "${plan.agentId}", for its snapshots lie under it.`,
    ...(active > 0
      ? [
          `${active} ${active === 1 ? 'run that is' : 'runs that are'} under way ${active === 1 ? 'comes' : 'come'} to the end.`,
        ]
      : []),
    ...(waiting > 0 ? [`${waiting} waiting ${waiting === 1 ? 'run is' : 'runs are'} cancelled.`] : []),
    agentSentence(plan),
    `To undo it, bring the plan back with PUT /api/v1/plans/by-name/${plan.agentId}/${encodeURIComponent(plan.name)}.`,
  ];
}

function snapshotSentence({ count, oldest, newest, pinned, damaged }: PlanDeletion['snapshots']): string {
  if (count === 0) return 'There are no snapshots.';
  const notes = [
    ...(pinned > 0 ? [`${pinned} pinned`] : []),
    ...(damaged > 0 ? [`${damaged} known to be damaged`] : []),
  ];
  const suffix = notes.length > 0 ? ` (${notes.join(', ')})` : '';
  return count === 1
    ? `The only snapshot, ${newest}${suffix}, stays in its vault and can be browsed and restored.`
    : `All ${count} snapshots, from ${oldest} to ${newest}${suffix}, stay in their vault and can be browsed and restored.`;
}

function agentSentence({ agentId, sourceDir, afterTransmit, backupDir }: DeletionFacts['plan']): string {
  const untouched = `On agent "${agentId}" nothing is touched: the source ${sourceDir} stays as it is`;
  switch (afterTransmit) {
    case 'keep':
      return `${untouched}.`;
    case 'copy':
      return `${untouched}, and so do the copies in ${backupDir}.`;
    case 'move':
      return `${untouched}; files that were moved out of it are in ${backupDir} and in the snapshots, nowhere else.`;
  }
}
