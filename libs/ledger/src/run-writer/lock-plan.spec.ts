import { randomUUID } from 'node:crypto';
import { createDatabase, type TestDatabase } from '@periodic-backup/testing';
import { openLedger } from '../open-ledger.js';
import { withPlanLocked } from './lock-plan.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.stop());

test('decisions about one plan come one after the other, those about others do not wait', async () => {
  const connections = await Promise.all([openLedger(database.url), openLedger(database.url)]);
  const [first, second] = connections as [(typeof connections)[0], (typeof connections)[0]];
  const [planId, otherId] = [randomUUID(), randomUUID()];
  const told: string[] = [];
  let leave = (): void => undefined;
  const stay = new Promise<void>((resolve) => (leave = resolve));
  let entered = (): void => undefined;
  const inside = new Promise<void>((resolve) => (entered = resolve));

  const one = withPlanLocked(first.ledger, planId, async () => {
    entered();
    await stay;
    told.push('one');
  });
  await inside;
  const two = withPlanLocked(second.ledger, planId, async () => void told.push('two'));
  await withPlanLocked(second.ledger, otherId, async () => void told.push('other'));
  leave();
  await Promise.all([one, two]);
  expect(told).toEqual(['other', 'one', 'two']);
  await Promise.all(connections.map((connection) => connection.close()));
});
