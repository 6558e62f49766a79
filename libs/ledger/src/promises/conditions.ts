import { isNull, sql, type SQL } from 'drizzle-orm';
import { snapshots } from '../schema.js';

/** No damage is known. */
export const undamaged: SQL = sql`(${snapshots.damages} is null or jsonb_array_length(${snapshots.damages}) = 0)`;

/** Damage is known. */
export const damaged: SQL = sql`(${snapshots.damages} is not null and jsonb_array_length(${snapshots.damages}) > 0)`;

/** Still in the vault, as far as the ledger knows. */
export const kept: SQL = isNull(snapshots.removedAt);
