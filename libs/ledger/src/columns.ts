import { bigint, timestamp } from 'drizzle-orm/pg-core';

/** A point in time, as exact as JavaScript's. */
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

export const count = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0);
