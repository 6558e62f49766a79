import type { RunDetail, TaskResult } from '@periodic-backup/contracts/http';
import { Callout } from '../../design/feedback/callout.js';
import { DataTable } from '../../design/table/data-table.js';
import type { Column } from '../../design/table/column.js';
import { countOf, formatCount } from '../../format/sizes.js';
import styles from './restore.module.css';

type RestoreResult = Extract<TaskResult, { kind: 'restore' }>;
type Step = RestoreResult['plan'][number];

const COUNTS: readonly (readonly [keyof RestoreResult & string, string])[] = [
  ['created', 'created'],
  ['overwritten', 'replaced'],
  ['renamed', 'put beside'],
  ['skipped', 'left as they are'],
  ['unchanged', 'the same already'],
];

const columns: readonly Column<Step>[] = [
  {
    ...{ id: 'path', header: 'Path', width: 'minmax(12rem, 1fr)' },
    cell: ({ path }) => path || 'The directory itself',
  },
  { id: 'action', header: 'What happens', width: '10rem', cell: ({ action }) => action },
];

/** Counts by what would happen, and the first of the paths. */
export function TrialResult({ run }: { readonly run: RunDetail }) {
  const { taskResult } = run;
  if (taskResult?.kind !== 'restore') return <p>The dry run ended without a result.</p>;
  // By its kind: the API checked the shape when the agent reported it.
  const result = taskResult as unknown as RestoreResult;
  const total = COUNTS.reduce((sum, [name]) => sum + Number(result[name]), 0);
  return (
    <>
      <dl className={styles.counts}>
        {COUNTS.filter(([name]) => name === 'created' || Number(result[name]) > 0).map(([name, words]) => (
          <div key={name} className={styles.count}>
            <dt>{words}</dt>
            <dd>{formatCount(Number(result[name]))}</dd>
          </div>
        ))}
      </dl>
      {run.state === 'partial' && <Callout tone="warn">{run.reason}</Callout>}
      {result.plan.length > 0 && (
        <div className={styles.steps}>
          <DataTable
            label="What would happen to each path"
            columns={columns}
            rows={result.plan}
            rowKey={({ path }) => path}
            compact={({ path, action }) => (
              <>
                {path || 'The directory itself'}
                <span className={styles.words}> {action}</span>
              </>
            )}
          />
        </div>
      )}
      {total > result.plan.length && result.plan.length > 0 && (
        <p className={styles.words}>
          The first {formatCount(result.plan.length)} of {countOf(total, 'entry', 'entries')}.
        </p>
      )}
    </>
  );
}
