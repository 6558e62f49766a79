import { sql } from 'drizzle-orm';
import type { Ledger } from '../open-ledger.js';

const PAGE = 1000;

/** What of a live plan says when it is due, in a form that costs little for ten thousand of them. */
export interface PlanTerms {
  readonly id: string;
  readonly paused: boolean;
  readonly verified: boolean;
  /** The schedule as text: to be compared, not read. */
  readonly schedule: string;
  /** Other than before after every change that bears on due times. */
  readonly fingerprint: string;
}

/** Of every live plan, paused ones too, by id. */
export async function allPlanTerms(ledger: Ledger): Promise<PlanTerms[]> {
  const terms: PlanTerms[] = [];
  for (;;) {
    const last = terms.at(-1);
    const { rows } = await ledger.execute<PlanTerms & Record<string, unknown>>(sql`
      select id, paused_at is not null as paused, verify_schedule is not null as verified, schedule::text as schedule,
        concat_ws(' ', schedule, verify_schedule, extract(epoch from due_from), extract(epoch from updated_at),
          extract(epoch from paused_at)) as fingerprint
      from plans where deleted_at is null ${last ? sql`and id > ${last.id}` : sql``}
      order by id limit ${PAGE}`);
    terms.push(...rows);
    if (rows.length < PAGE) return terms;
  }
}
