import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly id: string;
  readonly header: string;
  /** A track of the grid: `minmax(12rem, 2fr)`, `7rem`. */
  readonly width: string;
  readonly align?: 'end';
  /** Left out where the table is narrower than so many pixels. */
  readonly dropBelow?: number;
  /** Set where the API sorts by it: what to ask it for. */
  readonly sortBy?: string;
  /** @param active the keyboard is on this row: what can be pressed in others is not a stop */
  readonly cell: (row: Row, active?: boolean) => ReactNode;
}

export interface Sorting {
  readonly by: string;
  readonly descending: boolean;
  readonly onSort: (by: string, descending: boolean) => void;
}
