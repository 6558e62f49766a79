import { freePort, startPostgres, type TestServer } from '@periodic-backup/testing';
import { sql } from 'drizzle-orm';
import { LedgerUnreachableError, ledgerIsAway } from './ledger-errors.js';
import { openLedger } from './open-ledger.js';
import { plans } from './schema.js';

let server: TestServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

test('several openers at once leave one set of tables and one record per migration', async () => {
  const connections = await Promise.all([1, 2, 3, 4].map(() => openLedger(server.url)));
  const [first] = connections;
  const applied = await first!.ledger.execute(sql`select hash from drizzle.__drizzle_migrations`);
  expect(new Set(applied.rows.map((row) => row['hash'])).size).toBe(applied.rows.length);
  expect(await first!.ledger.select().from(plans)).toEqual([]);
  const locks = await first!.ledger.execute(sql`select 1 from pg_locks where locktype = 'advisory'`);
  expect(locks.rows).toEqual([]);
  await Promise.all(connections.map((connection) => connection.close()));
});

test('opening a ledger where nobody listens says so, with the remedy and without the password', async () => {
  const url = `postgres://someone:secret@127.0.0.1:${await freePort()}/backup`;
  const failure = openLedger(url, { deadlineMs: 0 });
  await expect(failure).rejects.toThrow(LedgerUnreachableError);
  await expect(failure).rejects.toThrow(/127\.0\.0\.1:\d+\/backup.*ECONNREFUSED.*Check DATABASE_URL/);
  await expect(failure).rejects.not.toThrow('secret');
});

test('a database that does not exist is named', async () => {
  await expect(openLedger(server.url.replace(/postgres$/, 'nowhere'))).rejects.toThrow(
    /database "nowhere" does not exist/,
  );
});

test('a killed PostgreSQL is told from a faulty query, and used again when it is back', async () => {
  const connection = await openLedger(server.url);
  const failureOf = (query: ReturnType<typeof sql>): Promise<unknown> =>
    connection.ledger.execute(query).then(
      () => null,
      (error: unknown) => error,
    );
  expect(ledgerIsAway(await failureOf(sql`select nonsense`))).toBe(false);
  await server.kill();
  expect(ledgerIsAway(await failureOf(sql`select 1`))).toBe(true);
  expect(await connection.notReadyReason()).toMatch(/^PostgreSQL does not answer/);
  await server.restart();
  expect(await failureOf(sql`select 1`)).toBeNull();
  expect(await connection.notReadyReason()).toBeNull();
  await connection.close();
});
