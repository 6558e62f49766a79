import { sql } from 'drizzle-orm';
import type { RunKind } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { PlanTraits } from '../promises/plan-traits.js';
import { isEnding, type EndingState, type PlanStanding } from '../standings/standing-columns.js';
import { instantOf } from './instant-of.js';

/** How a plan's newest runs ended. */
export interface PlanRunFacts {
  readonly planId: string;
  readonly planName: string;
  readonly agentId: string;
  readonly vaultId: string;
  /** The backup that ended last, cancelled ones not counted. */
  readonly newest: {
    readonly state: EndingState;
    readonly reason: string | null;
    readonly endedAt: Date;
  } | null;
  /** End of the last complete backup. */
  readonly lastGoodAt: Date | null;
}

export const RUN_MEMBERS = ['lastState', 'lastReason', 'lastEndedAt', 'completeAt'] as const;

export function runFactsOf(
  { id: planId, name: planName, agentId, vaultId }: PlanTraits,
  standing: Pick<PlanStanding, (typeof RUN_MEMBERS)[number]>,
): PlanRunFacts {
  const { lastState, lastReason, lastEndedAt, completeAt } = standing;
  return {
    ...{ planId, planName, agentId, vaultId },
    newest:
      isEnding(lastState) && lastEndedAt
        ? { state: lastState, reason: lastReason, endedAt: lastEndedAt }
        : null,
    lastGoodAt: completeAt,
  };
}

/** A run that is no backup, ended badly, and was followed by no good one of its kind. */
export interface FailedTask {
  readonly planId: string;
  readonly planName: string;
  readonly kind: RunKind;
  readonly state: 'partial' | 'failed' | 'missed';
  readonly reason: string | null;
  readonly endedAt: Date;
}

/** The newest per plan and kind since `since`. Restores are looked at for a day: none need follow. */
export async function failedTasks(ledger: Ledger, since: Date): Promise<FailedTask[]> {
  const { rows } = await ledger.execute<{
    plan_id: string;
    name: string | null;
    kind: RunKind;
    state: 'partial' | 'failed' | 'missed';
    reason: string | null;
    ended_at: string;
  }>(sql`
    select distinct on (runs.plan_id, runs.kind) runs.plan_id, plans.name, runs.kind, runs.state, runs.reason,
      coalesce(runs.finished_at, runs.scheduled_for) as ended_at
    from runs left join plans on plans.id = runs.plan_id
    where runs.kind <> 'backup' and runs.state in ('partial', 'failed', 'missed') and runs.scheduled_for > ${since.toISOString()}
      and (runs.kind <> 'restore' or runs.scheduled_for > now() - interval '1 day')
      and plans.paused_at is null and plans.deleted_at is null
      and not exists (
        select 1 from runs as later
        where later.plan_id = runs.plan_id and later.kind = runs.kind and later.kind <> 'backup' and later.state = 'committed'
          and later.finished_at > coalesce(runs.finished_at, runs.scheduled_for))
    order by runs.plan_id, runs.kind, ended_at desc`);
  return rows.map((row) => ({
    planId: row.plan_id,
    planName: row.name ?? row.plan_id,
    kind: row.kind,
    state: row.state,
    reason: row.reason,
    endedAt: instantOf(row.ended_at) ?? new Date(0),
  }));
}
