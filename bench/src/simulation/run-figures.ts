import type pg from 'pg';

/** What became of the ticks of a simulation, out of the ledger. Lateness in seconds. */
export interface RunFigures {
  readonly runs: number;
  readonly committed: number;
  readonly missed: number;
  readonly otherwise: number;
  readonly rowLateness: { readonly p50: number; readonly p99: number };
  readonly queueLateness: { readonly p50: number; readonly p99: number; readonly worst: number };
  readonly slowestEnd: number;
  readonly databaseBytes: number;
}

export async function readRunFigures(database: pg.Pool, from: Date, to: Date): Promise<RunFigures> {
  const { rows } = await database.query<Record<string, string>>(
    `select count(*) as runs,
            count(*) filter (where state = 'committed') as committed,
            count(*) filter (where state = 'missed') as missed,
            count(*) filter (where state not in ('committed', 'missed')) as otherwise,
            percentile_cont(0.5) within group (order by extract(epoch from created_at - scheduled_for)) as row50,
            percentile_cont(0.99) within group (order by extract(epoch from created_at - scheduled_for)) as row99,
            percentile_cont(0.5) within group (order by extract(epoch from queued_at - scheduled_for)) as queue50,
            percentile_cont(0.99) within group (order by extract(epoch from queued_at - scheduled_for)) as queue99,
            max(extract(epoch from queued_at - scheduled_for)) as worst,
            max(extract(epoch from finished_at - scheduled_for)) as slowest,
            pg_database_size(current_database()) as bytes
     from runs where trigger = 'schedule' and scheduled_for > $1 and scheduled_for <= $2`,
    [from, to],
  );
  const figure = (name: string): number => Number(rows[0]?.[name]);
  return {
    runs: figure('runs'),
    committed: figure('committed'),
    missed: figure('missed'),
    otherwise: figure('otherwise'),
    rowLateness: { p50: figure('row50'), p99: figure('row99') },
    queueLateness: { p50: figure('queue50'), p99: figure('queue99'), worst: figure('worst') },
    slowestEnd: figure('slowest'),
    databaseBytes: figure('bytes'),
  };
}

/** Runs due by then that have not ended. */
export async function countOpenRuns(database: pg.Pool, until: Date): Promise<number> {
  const { rows } = await database.query<{ open: string }>(
    `select count(*) as open from runs where state in ('waiting', 'queued', 'running') and scheduled_for <= $1`,
    [until],
  );
  return Number(rows[0]?.open);
}
