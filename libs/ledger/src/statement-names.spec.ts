import { randomUUID } from 'node:crypto';
import { createDatabase, type TestDatabase } from '@periodic-backup/testing';
import { sql } from 'drizzle-orm';
import { openLedger, type LedgerConnection } from './open-ledger.js';
import { findRun } from './run-writer/read-for-decisions.js';

let database: TestDatabase;
let connection: LedgerConnection;
beforeAll(async () => {
  database = await createDatabase();
  connection = await openLedger(database.url, { maxConnections: 1, keepsPlans: true });
});
afterAll(async () => {
  await connection.close();
  await database.stop();
});

async function keptStatements(): Promise<string[]> {
  const { rows } = await connection.ledger.execute<{ statement: string }>(
    sql`select statement from pg_prepared_statements`,
  );
  return rows.map(({ statement }) => statement);
}

async function ask(times: number): Promise<void> {
  for (let i = 0; i < times; i++) await findRun(connection.ledger, randomUUID());
}

test('PostgreSQL keeps the plan of what is asked often, and of nothing else', async () => {
  await ask(3);
  await connection.ledger.execute(sql`select ${1}::int as once`);
  expect(await keptStatements()).toEqual([]);
  await ask(10);
  const kept = await keptStatements();
  expect(kept).toHaveLength(1);
  expect(kept[0]).toContain('from runs where id =');
});

test('a column that a newer version adds does not fail the plans of an older one', async () => {
  await ask(10);
  await connection.ledger.execute(sql`alter table runs add column of_a_newer_version text`);
  await expect(findRun(connection.ledger, randomUUID())).resolves.toBeNull();
});
