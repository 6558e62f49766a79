import { sql } from 'drizzle-orm';
import { canonicalJson, type AuditEntry } from '@periodic-backup/contracts';
import { createDatabase, type TestDatabase } from '@periodic-backup/testing';
import { createHash } from 'node:crypto';
import {
  CursorError,
  appendAudit,
  listAudit,
  openLedger,
  verifyAudit,
  type Ledger,
  type LedgerConnection,
  type NewAuditEntry,
} from '../src/index.js';

let database: TestDatabase;
let one: LedgerConnection;
let other: LedgerConnection;
let ledger: Ledger;
beforeAll(async () => {
  database = await createDatabase();
  one = await openLedger(database.url);
  other = await openLedger(database.url);
  ledger = one.ledger;
});
afterEach(() => asOwner('truncate audit_entries'));
afterAll(async () => {
  await Promise.all([one.close(), other.close()]);
  await database.stop();
});

/** What somebody with the rights of the database's owner can do: the trigger is theirs to disable. */
async function asOwner(statement: string): Promise<void> {
  await ledger.execute('alter table audit_entries disable trigger audit_entries_stay');
  await ledger.execute(sql.raw(statement));
  await ledger.execute('alter table audit_entries enable trigger audit_entries_stay');
}

const entry = (changes: Partial<NewAuditEntry> = {}): NewAuditEntry => ({
  actor: 'ann',
  via: 'session',
  address: '192.0.2.7',
  action: 'plan.change',
  object: 'plan/1',
  detail: { fields: ['schedule'] },
  ...changes,
});

async function append(count: number): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let i = 0; i < count; i++) entries.push(await appendAudit(ledger, entry({ object: `plan/${i}` })));
  return entries;
}

test('entries are numbered without a gap and chained, by hashes that anybody can compute', async () => {
  const [first, second] = await append(2);
  expect([first?.sequence, first?.previousHash, second?.sequence, second?.previousHash]).toEqual([
    1,
    '0'.repeat(64),
    2,
    first?.hash,
  ]);
  const { hash, ...covered } = second!;
  expect(createHash('sha256').update(canonicalJson(covered)).digest('hex')).toBe(hash);
  expect(await verifyAudit(ledger)).toEqual({
    intact: true,
    entries: 2,
    head: { sequence: 2, hash },
    firstBroken: null,
  });
});

test('what PostgreSQL cannot hold comes back as it was hashed', async () => {
  const odd = { nul: 'a\0b', half: 'x\uD800y', tiny: 1e-7, huge: 1e300, nested: { b: [1, null], a: 'ü' } };
  await appendAudit(ledger, entry({ actor: 'a\0', object: 'o\uDFFF', detail: odd }));
  await appendAudit(ledger, entry({ detail: { long: 'x'.repeat(100_000) } }));
  expect(await verifyAudit(ledger)).toMatchObject({ intact: true, entries: 2 });
  const [newest] = (await listAudit(ledger, { limit: 1 })).items;
  expect(newest?.detail).toEqual({ leftOut: expect.stringMatching(/^\d+ bytes$/) });
});

test.each([
  'update audit_entries set actor = $$bob$$',
  'delete from audit_entries',
  'truncate audit_entries',
])('the database refuses: %s', async (statement) => {
  await append(1);
  await expect(ledger.execute(sql.raw(statement))).rejects.toMatchObject({
    cause: { message: expect.stringContaining('only grows') },
  });
});

test('several writers at once make one chain', async () => {
  const writers = Array.from({ length: 40 }, (_, i) =>
    appendAudit((i % 2 ? one : other).ledger, entry({ object: `plan/${i}` })),
  );
  const sequences = (await Promise.all(writers)).map(({ sequence }) => sequence);
  expect([...new Set(sequences)].sort((a, b) => a - b)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
  expect(await verifyAudit(ledger)).toMatchObject({ intact: true, entries: 40 });
});

test('an entry goes when the transaction it belongs to is rolled back, and the chain goes on', async () => {
  await append(1);
  await expect(
    ledger.transaction(async (transaction) => {
      await appendAudit(transaction, entry());
      throw new Error('no');
    }),
  ).rejects.toThrow('no');
  await append(1);
  expect(await verifyAudit(ledger)).toMatchObject({ intact: true, entries: 2 });
});

test.each([
  ['another actor', "update audit_entries set actor = 'bob' where sequence = 3", 3, 'changed'],
  ['another detail', `update audit_entries set detail = '{}' where sequence = 2`, 2, 'changed'],
  ['another time', "update audit_entries set at = at + interval '1 ms' where sequence = 4", 4, 'changed'],
  ['one taken out', 'delete from audit_entries where sequence = 3', 4, 'gone'],
  ['the first one taken out', 'delete from audit_entries where sequence = 1', 2, 'gone'],
  ['a hash made new', "update audit_entries set hash = repeat('a', 64) where sequence = 2", 2, 'changed'],
  [
    'one before it replaced',
    "update audit_entries set previous_hash = repeat('a', 64) where sequence = 5",
    5,
    'continue',
  ],
])('tampering is found: %s', async (_what, statement, sequence, words) => {
  await append(5);
  await asOwner(statement);
  expect(await verifyAudit(ledger)).toMatchObject({
    intact: false,
    firstBroken: { sequence, reason: expect.stringContaining(words) },
  });
});

test('a cut end shows by a head that was noted elsewhere, a log written anew as well', async () => {
  const [, , third] = await append(3);
  const noted = { sequence: 3, hash: third!.hash };
  expect(await verifyAudit(ledger, noted)).toMatchObject({ intact: true });
  await asOwner('delete from audit_entries where sequence = 3');
  expect(await verifyAudit(ledger)).toMatchObject({ intact: true, entries: 2 });
  expect(await verifyAudit(ledger, noted)).toMatchObject({
    intact: false,
    firstBroken: { sequence: 3, reason: expect.stringContaining('cut off') },
  });
  await append(2);
  expect(await verifyAudit(ledger, noted)).toMatchObject({
    firstBroken: { sequence: 3, reason: expect.stringContaining('anew') },
  });
});

test('the log is read in pages, newest first, by actor, action, object and time', async () => {
  await append(5);
  await appendAudit(ledger, entry({ actor: 'bob', action: 'planet.move', object: null }));
  await appendAudit(ledger, entry({ actor: 'bob', action: 'plan', object: 'plan/9' }));
  const sequences = async (filter: object): Promise<number[]> =>
    (await listAudit(ledger, { limit: 10, ...filter })).items.map(({ sequence }) => sequence);
  expect(await sequences({ actor: 'bob' })).toEqual([7, 6]);
  expect(await sequences({ action: 'plan' })).toEqual([7, 5, 4, 3, 2, 1]);
  expect(await sequences({ action: 'plan.change', object: 'plan/3' })).toEqual([4]);
  expect(await sequences({ action: 'p%' })).toEqual([]);
  const [, { at }] = (await listAudit(ledger, { limit: 2 })).items as [AuditEntry, AuditEntry];
  expect(await sequences({ since: new Date(at), actor: 'bob' })).toEqual([7, 6]);
  expect(await sequences({ until: new Date(Date.parse(at) - 60_000) })).toEqual([]);
  const first = await listAudit(ledger, { limit: 4 });
  const second = await listAudit(ledger, { limit: 4, cursor: first.nextCursor! });
  expect([...first.items, ...second.items].map(({ sequence }) => sequence)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(second.nextCursor).toBeNull();
  await expect(listAudit(ledger, { limit: 4, cursor: 'no' })).rejects.toThrow(CursorError);
});
