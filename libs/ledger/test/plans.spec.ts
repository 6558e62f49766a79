import { randomUUID } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import {
  CursorError,
  PlanNameTakenError,
  allPlanTerms,
  deletePlan,
  findPlanByName,
  getPlan,
  insertPlan,
  listPlans,
  livePlans,
  pausePlan,
  resumePlan,
  reviveDeletedPlan,
  toPlan,
  updatePlan,
} from '../src/index.js';
import { plans } from '../src/schema.js';
import { openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

/** Moves a plan into the past, so that "now" is seen to differ. */
async function age(planId: string): Promise<void> {
  const past = sql`now() - interval '1 day'`;
  await testLedger.ledger
    .update(plans)
    .set({ createdAt: past, updatedAt: past, dueFrom: past })
    .where(eq(plans.id, planId));
}

const isRecent = (instant: Date): boolean => Date.now() - instant.getTime() < 60_000;

test('a plan is owed from its creation on', async () => {
  const plan = await insertPlan(testLedger.ledger, planInput());
  expect(await getPlan(testLedger.ledger, plan.id)).toEqual(plan);
  expect(plan.dueFrom).toEqual(plan.createdAt);
});

test('a name that is taken is refused, with the plan that has it', async () => {
  const first = await insertPlan(testLedger.ledger, planInput());
  const second = insertPlan(testLedger.ledger, planInput());
  await expect(second).rejects.toThrow(PlanNameTakenError);
  await expect(second).rejects.toMatchObject({ otherPlanId: first.id, otherIsDeleted: false });
});

test('of two plans with one name inserted at once, one is refused', async () => {
  const results = await Promise.allSettled([1, 2, 3].map(() => insertPlan(testLedger.ledger, planInput())));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  expect(await livePlans(testLedger.ledger)).toHaveLength(1);
});

test('a deleted plan keeps its name and is gone for readers', async () => {
  const plan = await insertPlan(testLedger.ledger, planInput());
  expect(await deletePlan(testLedger.ledger, plan.id)).toBe(true);
  expect(await deletePlan(testLedger.ledger, plan.id)).toBe(false);
  expect(await getPlan(testLedger.ledger, plan.id)).toBeNull();
  expect(await livePlans(testLedger.ledger)).toEqual([]);
  await expect(insertPlan(testLedger.ledger, planInput())).rejects.toMatchObject({ otherIsDeleted: true });
});

test('a deleted plan comes back as itself, owed from now on', async () => {
  const plan = await insertPlan(testLedger.ledger, planInput());
  await pausePlan(testLedger.ledger, plan.id);
  await age(plan.id);
  await deletePlan(testLedger.ledger, plan.id);
  const revived = await reviveDeletedPlan(testLedger.ledger, plan.id);
  expect(revived).toMatchObject({ id: plan.id, deletedAt: null, pausedAt: null });
  expect(isRecent(revived!.dueFrom)).toBe(true);
  expect(await reviveDeletedPlan(testLedger.ledger, plan.id)).toBeNull();
});

test('a new schedule is owed from now on, another change leaves that alone', async () => {
  const plan = await insertPlan(testLedger.ledger, planInput());
  await age(plan.id);
  const renamed = await updatePlan(testLedger.ledger, plan.id, () => ({
    sourceDir: '/srv/other',
    schedule: { everySeconds: 3600, kind: 'every' },
  }));
  expect(renamed!.sourceDir).toBe('/srv/other');
  expect(isRecent(renamed!.dueFrom)).toBe(false);
  const rescheduled = await updatePlan(testLedger.ledger, plan.id, () => ({
    schedule: { kind: 'every', everySeconds: 60 },
  }));
  expect(isRecent(rescheduled!.dueFrom)).toBe(true);
  expect(isRecent(rescheduled!.updatedAt)).toBe(true);
});

test('two changes at once both count', async () => {
  const plan = await insertPlan(testLedger.ledger, planInput());
  await Promise.all(
    ['a', 'b', 'c'].map((rule) =>
      updatePlan(testLedger.ledger, plan.id, (current) => ({ excludes: [...current.excludes, rule] })),
    ),
  );
  const { excludes } = (await getPlan(testLedger.ledger, plan.id))!;
  expect([...excludes].sort()).toEqual(['a', 'b', 'c']);
});

test('a refused change changes nothing', async () => {
  const plan = await insertPlan(testLedger.ledger, planInput());
  const refusal = updatePlan(testLedger.ledger, plan.id, () => {
    throw new Error('no');
  });
  await expect(refusal).rejects.toThrow('no');
  expect(await getPlan(testLedger.ledger, plan.id)).toEqual(plan);
  expect(await updatePlan(testLedger.ledger, randomUUID(), () => ({}))).toBeNull();
});

test('a pause is kept over a second one and ends with resume, owed from then on', async () => {
  const plan = await insertPlan(testLedger.ledger, planInput());
  await age(plan.id);
  const untouched = await resumePlan(testLedger.ledger, plan.id);
  expect(isRecent(untouched!.dueFrom)).toBe(false);
  const first = await pausePlan(testLedger.ledger, plan.id);
  const second = await pausePlan(testLedger.ledger, plan.id);
  expect(second!.pausedAt).toEqual(first!.pausedAt);
  expect(toPlan(second!).nextDueAt).toBeNull();
  const resumed = await resumePlan(testLedger.ledger, plan.id);
  expect(resumed!.pausedAt).toBeNull();
  expect(isRecent(resumed!.dueFrom)).toBe(true);
});

test('pages hold every plan once, though one is added between', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await insertPlan(testLedger.ledger, planInput({ name }));
  const first = await listPlans(testLedger.ledger, { limit: 3 });
  await insertPlan(testLedger.ledger, planInput({ name: 'f' }));
  const second = await listPlans(testLedger.ledger, { limit: 3, cursor: first.nextCursor! });
  expect([...first.items, ...second.items].map(({ name }) => name).sort()).toEqual([
    ...['a', 'b', 'c', 'd', 'e', 'f'],
  ]);
  expect(second.nextCursor).toBeNull();
  await expect(listPlans(testLedger.ledger, { limit: 3, cursor: 'nonsense' })).rejects.toThrow(CursorError);
});

test('a plan in the shape of the contracts names its next due time', async () => {
  const row = await insertPlan(
    testLedger.ledger,
    planInput({ schedule: { kind: 'every', everySeconds: 60 } }),
  );
  const plan = toPlan(row, new Date(row.createdAt.getTime() + 1));
  expect(Date.parse(plan.nextDueAt!) % 60_000).toBe(0);
  expect(Date.parse(plan.nextDueAt!)).toBeGreaterThan(row.createdAt.getTime());
  expect(plan).not.toHaveProperty('dueFrom');
  expect(await findPlanByName(testLedger.ledger, 'laptop', 'documents')).toEqual(row);
});

test('the terms of all plans are read whatever their number, and differ after every change', async () => {
  const { ledger } = testLedger;
  const plan = await insertPlan(ledger, planInput());
  const print = async (): Promise<string> => (await allPlanTerms(ledger))[0]!.fingerprint;
  const prints = [await print()];
  await updatePlan(ledger, plan.id, () => ({ schedule: { kind: 'every', everySeconds: 60 } }));
  prints.push(await print());
  await updatePlan(ledger, plan.id, () => ({ verifySchedule: { kind: 'every', everySeconds: 60 } }));
  prints.push(await print());
  await pausePlan(ledger, plan.id);
  expect(await allPlanTerms(ledger)).toMatchObject([{ id: plan.id, paused: true, verified: true }]);
  prints.push(await print());
  await resumePlan(ledger, plan.id);
  prints.push(await print());
  expect(new Set(prints).size).toBe(prints.length);
  await ledger.execute(sql`
    insert into plans (id, name, agent_id, source_dir, excludes, after_transmit, schedule, vault_id)
    select gen_random_uuid(), n, agent_id, source_dir, excludes, after_transmit, schedule, vault_id
    from plans, generate_series(1, 2000) as n`);
  const ids = (await allPlanTerms(ledger)).map(({ id }) => id);
  expect(new Set(ids).size).toBe(2001);
});
