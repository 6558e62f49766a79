import { CursorError } from './ledger-errors.js';

/** The place after which a page begins: the sort key of the last item of the page before. */
export interface KeysetPosition {
  readonly at: Date;
  readonly id: string;
}

export interface KeysetPage<T> {
  readonly items: T[];
  /** Null at the end. */
  readonly nextCursor: string | null;
}

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const FORM = /^(\d{1,15})\.([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/;

export function encodeCursor({ at, id }: KeysetPosition): string {
  return Buffer.from(`${at.getTime()}.${id}`).toString('base64url');
}

/** @throws CursorError – ask for the first page */
export function decodeCursor(cursor: string): KeysetPosition {
  const [, millis, id] = FORM.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  const at = new Date(Number(millis));
  if (id === undefined || Number.isNaN(at.getTime()))
    throw new CursorError('The cursor is not one that an earlier page gave: ask for the first page again.');
  return { at, id };
}

/** Cuts a page out of `limit + 1` rows: the extra row only says that more follow. */
export function cutPage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => KeysetPosition,
  itemOf: (row: Row) => Item,
): KeysetPage<Item> {
  const kept = rows.slice(0, limit);
  const last = kept.at(-1);
  return {
    items: kept.map(itemOf),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null,
  };
}
