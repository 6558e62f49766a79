import { getTableColumns, sql, type SQL } from 'drizzle-orm';
import { planStandings } from './standing-tables.js';

export type PlanStanding = typeof planStandings.$inferSelect;

const COLUMNS = getTableColumns(planStandings);

export const STANDING_MEMBERS = Object.keys(COLUMNS) as (keyof PlanStanding)[];

export function columnOf(member: keyof PlanStanding): string {
  return COLUMNS[member].name;
}

function isInstant(member: keyof PlanStanding): boolean {
  return COLUMNS[member].dataType === 'date';
}

/** Selects of `source`; instants as milliseconds, which are read for a tenth of what their text costs. */
export function selected(source: string, members: readonly (keyof PlanStanding)[]): SQL {
  const columns = members.map((member) => {
    const column = `"${source}"."${columnOf(member)}"`;
    return isInstant(member) ? `date_part('epoch', ${column}) * 1000 as "${columnOf(member)}"` : column;
  });
  return sql.raw(columns.join(', '));
}

/** Reads a row that was so selected. */
export function standingReader<Member extends keyof PlanStanding>(
  members: readonly Member[],
): (row: Readonly<Record<string, unknown>>) => Pick<PlanStanding, Member> {
  const fields = members.map((member) => ({ member, name: columnOf(member), instant: isInstant(member) }));
  return (row) => {
    const standing: Record<string, unknown> = {};
    for (const { member, name, instant } of fields) {
      const value = row[name] ?? null;
      standing[member] = instant && value !== null ? new Date(Math.round(Number(value))) : value;
    }
    return standing as Pick<PlanStanding, Member>;
  };
}

/** How a run ends by itself; cancelling is a person's wish. */
export type EndingState = 'committed' | 'partial' | 'failed' | 'missed';

export function isEnding(state: PlanStanding['endedState']): state is EndingState {
  return state === 'committed' || state === 'partial' || state === 'failed' || state === 'missed';
}
