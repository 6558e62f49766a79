import { sql } from 'drizzle-orm';
import type { FiguresPoint } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';

interface PointRow extends Record<string, unknown> {
  readonly first: Date | string;
  readonly last: Date | string;
  readonly run_id: string | null;
  readonly runs: string;
  readonly committed: string;
  readonly partial: string;
  readonly failed: string;
  readonly missed: string;
  readonly duration_ms: number | null;
  readonly longest_ms: number | null;
  readonly bytes_read: number | null;
  readonly bytes_sent: number | null;
  readonly bytes_stored: number | null;
  readonly files: number | null;
  readonly files_failed: string;
}

/**
 * How the backups of a plan went in a period, oldest first, at most `points`: each by itself as long as there is room,
 * else all of one stretch together. Reads the runs of the period once.
 */
export async function readPlanCharts(
  ledger: Ledger,
  planId: string,
  { from, to, points }: { readonly from: Date; readonly to: Date; readonly points: number },
): Promise<FiguresPoint[]> {
  const stepSeconds = Math.max(1, (to.getTime() - from.getTime()) / 1000 / points);
  const { rows } = await ledger.execute<PointRow>(sql`
    with ended as (
      select id, state, scheduled_for, files, files_failed, bytes_read, bytes_stored,
        bytes_sent_before + bytes_sent as bytes_sent,
        extract(epoch from finished_at - started_at)::float8 * 1000 as duration_ms,
        state in ('committed', 'partial') as good,
        case when count(*) over () <= ${points}::int
          then row_number() over (order by scheduled_for, id)
          else floor(extract(epoch from scheduled_for - ${from.toISOString()}::timestamptz) / ${stepSeconds}::float8)
        end as stretch
      from runs
      where plan_id = ${planId} and kind = 'backup'
        and scheduled_for >= ${from.toISOString()} and scheduled_for < ${to.toISOString()}
        and state in ('committed', 'partial', 'failed', 'cancelled', 'missed')
    )
    select min(scheduled_for) as first, max(scheduled_for) as last,
      case when count(*) = 1 then min(id::text) end as run_id, count(*) as runs,
      count(*) filter (where state = 'committed') as committed,
      count(*) filter (where state = 'partial') as partial,
      count(*) filter (where state = 'failed') as failed,
      count(*) filter (where state = 'missed') as missed,
      avg(duration_ms) filter (where good) as duration_ms,
      max(duration_ms) filter (where good) as longest_ms,
      avg(bytes_read::float8) filter (where good) as bytes_read,
      avg(bytes_sent::float8) filter (where good) as bytes_sent,
      avg(bytes_stored::float8) filter (where good) as bytes_stored,
      avg(files::float8) filter (where good) as files,
      sum(files_failed) as files_failed
    from ended group by stretch order by stretch`);
  return rows.map(pointOf);
}

function pointOf(row: PointRow): FiguresPoint {
  return {
    from: new Date(row.first).toISOString(),
    to: new Date(row.last).toISOString(),
    runId: row.run_id,
    runs: Number(row.runs),
    committed: Number(row.committed),
    partial: Number(row.partial),
    failed: Number(row.failed),
    missed: Number(row.missed),
    durationMs: positive(row.duration_ms),
    longestMs: positive(row.longest_ms),
    bytesRead: positive(row.bytes_read),
    bytesSent: positive(row.bytes_sent),
    bytesStored: positive(row.bytes_stored),
    files: positive(row.files),
    filesFailed: Number(row.files_failed),
  };
}

/** Clocks of several machines may disagree by a little. */
function positive(value: number | null): number | null {
  return value === null ? null : Math.max(0, Math.round(value));
}
