import { Link, type LinkProps } from '@tanstack/react-router';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Spinner } from '../feedback/spinner.js';
import { useWidth } from '../layout/use-width.js';
import { HeaderRow } from './header-row.js';
import { moveFor } from './row-moves.js';
import type { Column, Sorting } from './column.js';
import styles from './data-table.module.css';

const COMPACT_BELOW_PX = 640;
const OVERSCAN = 12;
const LOAD_AHEAD = 20;
const LEADING_TRACK = '1.25rem';

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Where a row leads: its first cell is the link, and the whole row can be pressed. */
  readonly rowLink?: (row: Row) => LinkProps;
  /** Before the first cell, beside the link: a box to tick. @param active the keyboard is on this row */
  readonly leading?: (row: Row, active: boolean) => React.ReactNode;
  /** A row where there is no room for columns: two lines at most. */
  readonly compact: (row: Row) => React.ReactNode;
  readonly sorting?: Sorting;
  /** There are more: called when the end comes near. */
  readonly onReachEnd?: (() => void) | undefined;
  readonly loadingMore?: boolean;
}

/**
 * A list of any length: only the rows in sight are drawn. One stop for the keyboard, then arrows, Page up and down, Home
 * and End; Enter follows the row.
 */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowKey, rowLink, leading, compact } = props;
  const { sorting, onReachEnd, loadingMore = false } = props;
  const body = useRef<HTMLDivElement>(null);
  const width = useWidth(body);
  const isCompact = width !== null && width < COMPACT_BELOW_PX;
  const shownColumns = columns.filter(({ dropBelow = 0 }) => width === null || width >= dropBelow);
  const tracks = isCompact ? ['minmax(0, 1fr)'] : shownColumns.map((column) => column.width);
  const template = [...(leading ? [LEADING_TRACK] : []), ...tracks].join(' ');
  const [offset, setOffset] = useState(0);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const focusNext = useRef(false);

  useLayoutEffect(() => {
    if (body.current) setOffset(body.current.getBoundingClientRect().top + window.scrollY);
  }, [width]);

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (isCompact ? 64 : 42),
    overscan: OVERSCAN,
    scrollMargin: offset,
    scrollPaddingStart: 120,
    scrollPaddingEnd: 60,
    getItemKey: (index) => rowKey(rows[index]!),
  });
  const items = virtualizer.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;

  useEffect(() => {
    if (onReachEnd && !loadingMore && lastShown >= rows.length - LOAD_AHEAD) onReachEnd();
  }, [onReachEnd, loadingMore, lastShown, rows.length]);

  const activeIndex = Math.max(
    0,
    activeKey === null ? 0 : rows.findIndex((row) => rowKey(row) === activeKey),
  );

  const onKeyDown = (event: React.KeyboardEvent): void => {
    // Keys belong to what has the focus: a row, not a button or menu within one.
    if (!(event.target as HTMLElement).matches('[data-row-stop]')) return;
    const next = moveFor(event.key, {
      index: activeIndex,
      count: rows.length,
      page: Math.max(1, items.length - OVERSCAN * 2),
    });
    if (next === null) return;
    event.preventDefault();
    focusNext.current = true;
    setActiveKey(rowKey(rows[next]!));
    virtualizer.scrollToIndex(next, { align: 'auto' });
  };

  const stop = (key: string, index: number) => ({
    'data-row-stop': '',
    tabIndex: index === activeIndex ? 0 : -1,
    onFocus: () => setActiveKey(key),
    ref: (element: HTMLElement | null) => {
      if (!element || !focusNext.current || key !== activeKey) return;
      focusNext.current = false;
      element.focus({ preventScroll: true });
    },
  });

  return (
    <div
      className={styles.table}
      role="table"
      aria-label={label}
      aria-rowcount={rows.length + 1}
      data-compact={isCompact}
    >
      {!isCompact && (
        <HeaderRow
          columns={shownColumns}
          template={template}
          sorting={sorting}
          isLed={leading !== undefined}
        />
      )}
      <div
        ref={body}
        className={styles.body}
        role="rowgroup"
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {items.map((item) => {
          const row = rows[item.index]!;
          const key = rowKey(row);
          const link = rowLink?.(row);
          const stopProps = stop(key, item.index);
          const first = isCompact ? compact(row) : shownColumns[0]?.cell(row);
          return (
            <div
              key={key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              data-last={item.index === rows.length - 1}
              className={link ? styles.linkedRow : styles.row}
              role="row"
              aria-rowindex={item.index + 2}
              style={{
                transform: `translateY(${item.start - virtualizer.options.scrollMargin}px)`,
                gridTemplateColumns: template,
              }}
              {...(link ? {} : stopProps)}
            >
              {leading && (
                <div role="cell" className={styles.leading}>
                  {leading(row, item.index === activeIndex)}
                </div>
              )}
              <div role="cell" className={styles.cell}>
                {link ? (
                  <Link {...link} {...stopProps} className={styles.stretched}>
                    {first}
                  </Link>
                ) : (
                  first
                )}
              </div>
              {!isCompact &&
                shownColumns.slice(1).map((column) => (
                  <div key={column.id} role="cell" className={styles.cell} data-align={column.align}>
                    {column.cell(row, item.index === activeIndex)}
                  </div>
                ))}
            </div>
          );
        })}
      </div>
      {loadingMore && (
        <div className={styles.more} role="status">
          <Spinner /> Loading more
        </div>
      )}
    </div>
  );
}
