import { ArrowDown, ArrowUp } from 'lucide-react';
import type { Column, Sorting } from './column.js';
import styles from './data-table.module.css';

interface HeaderRowProps<Row> {
  readonly columns: readonly Column<Row>[];
  readonly template: string;
  readonly sorting: Sorting | undefined;
  /** Rows have something before their first cell. */
  readonly isLed: boolean;
}

/** Names of the columns; stays in sight. */
export function HeaderRow<Row>({ columns, template, sorting, isLed }: HeaderRowProps<Row>) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" aria-rowindex={1} className={styles.headRow} style={{ gridTemplateColumns: template }}>
        {isLed && <div role="columnheader" aria-label="Chosen" />}
        {columns.map((column) => {
          const sorted = sorting !== undefined && column.sortBy !== undefined && sorting.by === column.sortBy;
          const Arrow = sorting?.descending ? ArrowDown : ArrowUp;
          return (
            <div
              key={column.id}
              role="columnheader"
              className={styles.headCell}
              data-align={column.align}
              {...(sorted ? { 'aria-sort': sorting.descending ? 'descending' : 'ascending' } : {})}
            >
              {sorting && column.sortBy !== undefined ? (
                <button
                  type="button"
                  className={styles.sort}
                  onClick={() => sorting.onSort(column.sortBy!, sorted && !sorting.descending)}
                >
                  {column.header}
                  {sorted && <Arrow size={13} aria-hidden />}
                </button>
              ) : (
                column.header
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
