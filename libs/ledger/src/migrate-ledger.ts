import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import type pg from 'pg';

/** From `src/` and from `dist/` alike. */
const MIGRATIONS_FOLDER = fileURLToPath(new URL('../migrations', import.meta.url));

/** Any fixed number that nobody else in this database locks: "pbk" and a counter. */
const MIGRATION_LOCK = 0x70626b_01;

/**
 * Applies the migrations this version brings and the database lacks. Safe from several processes at once: each waits
 * its turn at an advisory lock, which PostgreSQL frees with the session that held it.
 */
export async function migrateLedger(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    // Waiting for another's long migration is no failure.
    await client.query('set statement_timeout = 0');
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrate(drizzle(client), { migrationsFolder: MIGRATIONS_FOLDER });
  } finally {
    // Not given back to the pool: closing the session frees the lock and forgets the setting.
    client.release(true);
  }
}
