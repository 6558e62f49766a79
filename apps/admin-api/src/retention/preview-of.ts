import {
  countRules,
  previewSentences,
  retentionDecisions,
  retentionTimezone,
  spanOf,
  type Retention,
  type RetentionDecision,
  type RetentionPreview,
  type RetentionSnapshot,
} from '@periodic-backup/contracts';
import { CursorError, type PageRequest, type PlanRow } from '@periodic-backup/ledger';

export interface Trial {
  readonly plan: Pick<PlanRow, 'id' | 'schedule' | 'afterTransmit' | 'pausedAt'>;
  readonly snapshots: readonly RetentionSnapshot[];
  readonly policy: Retention | null;
  readonly now: Date;
}

/** What a policy would do to all snapshots, and a page of them one by one. @throws CursorError */
export function previewOf({ plan, snapshots, policy, now }: Trial, page: PageRequest): RetentionPreview {
  const timezone = retentionTimezone(policy, plan.schedule);
  const decisions = retentionDecisions(snapshots, policy, { timezone, now });
  const byName = new Map(snapshots.map((snapshot) => [snapshot.snapshot, snapshot]));
  const shown = behind(decisions, page.cursor).slice(0, page.limit);
  return {
    planId: plan.id,
    timezone,
    sentences: previewSentences(decisions, {
      ...{ policy, snapshots },
      moves: plan.afterTransmit === 'move',
      paused: plan.pausedAt !== null,
    }),
    goes: spanOf(decisions.filter(({ removable }) => removable)),
    stays: spanOf(decisions.filter(({ removable }) => !removable)),
    rules: countRules(decisions),
    items: shown.map(({ snapshot, keptBy, removable }) => {
      const { committedAt, pinned, good } = byName.get(snapshot)!;
      return {
        snapshot,
        committedAt: new Date(committedAt).toISOString(),
        ...{ pinned, good, removable },
        keptBy: [...keptBy],
      };
    }),
    nextCursor: shown.length > 0 && shown.at(-1) !== decisions.at(-1) ? shown.at(-1)!.snapshot : null,
  };
}

/** A cursor is the last snapshot of the page before. */
function behind(
  decisions: readonly RetentionDecision[],
  cursor: string | undefined,
): readonly RetentionDecision[] {
  if (cursor === undefined) return decisions;
  const at = decisions.findIndex(({ snapshot }) => snapshot === cursor);
  if (at < 0)
    throw new CursorError('The cursor names no snapshot that is there: ask for the first page again.');
  return decisions.slice(at + 1);
}
