import { getTableColumns, getTableName, sql, type SQL } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';

/** Rows of a table as statements written by hand select and return them. */
export interface WholeRows<Row> {
  /** Every column, to stand behind `select` or `returning`. */
  readonly columns: SQL;
  /** What such a statement answered. */
  read(answer: { readonly rows: Record<string, unknown>[] }): Row[];
  /** The only one, or null. */
  first(answer: { readonly rows: Record<string, unknown>[] }): Row | null;
}

/**
 * For what is asked many times a second: naming thirty columns anew for every query costs the process more than the
 * query costs PostgreSQL. Never `select *`: a column that a newer version adds would fail plans that the server keeps.
 */
export function wholeRows<Table extends PgTable>(table: Table): WholeRows<Table['$inferSelect']> {
  const name = getTableName(table);
  const columns = Object.entries(getTableColumns(table));
  const read = ({ rows }: { readonly rows: Record<string, unknown>[] }): Table['$inferSelect'][] =>
    rows.map((row) => {
      const whole: Record<string, unknown> = {};
      for (const [member, column] of columns) {
        const value = row[column.name];
        whole[member] = value === null ? null : column.mapFromDriverValue(value);
      }
      return whole;
    });
  return {
    columns: sql.raw(columns.map(([, column]) => `"${name}"."${column.name}"`).join(', ')),
    read,
    first: (answer) => read(answer)[0] ?? null,
  };
}
