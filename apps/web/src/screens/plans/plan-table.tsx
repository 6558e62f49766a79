import type { Plan } from '@periodic-backup/contracts/http';
import type { Sorting } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { planColumns, PlanHealthBadge } from './plan-columns.js';
import { PlanStripOf } from './plan-strip-of.js';
import { SnapshotAge } from './snapshot-age.js';
import { usePlanStandings } from './use-plan-standings.js';
import styles from './plan-list.module.css';

export interface PlanTableProps {
  readonly label: string;
  /** As they came from the API: what is told of their plans is asked for page by page. */
  readonly pages: readonly (readonly Plan[])[];
  readonly sorting?: Sorting;
  readonly onReachEnd?: (() => void) | undefined;
  readonly loadingMore?: boolean;
}

/** Plans, with how they do. */
export function PlanTable({ label, pages, ...table }: PlanTableProps) {
  const standings = usePlanStandings(pages);
  const rows = pages.flat();
  return (
    <DataTable
      label={label}
      columns={planColumns(standings)}
      rows={rows}
      rowKey={({ id }) => id}
      rowLink={({ id }) => ({ to: '/plans/$planId', params: { planId: id } })}
      compact={(plan) => {
        const { health, strip } = standings(plan.id);
        return (
          <>
            <span className={styles.compactTop}>
              <span className={styles.name}>{plan.name}</span>
              {health && <PlanHealthBadge health={health} />}
            </span>
            <span className={styles.compactStrip}>
              {strip && <PlanStripOf strip={strip} planName={plan.name} length={24} />}
            </span>
            <span className={styles.second}>
              {health && <SnapshotAge health={health} words="long" />}
              {plan.nextDueAt ? (
                <span>
                  next <RelativeTime at={plan.nextDueAt} inRow />
                </span>
              ) : (
                plan.agentId
              )}
            </span>
          </>
        );
      }}
      {...table}
    />
  );
}
