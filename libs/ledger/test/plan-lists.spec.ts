import { CursorError, insertPlan, listPlans, pausePlan, type PlanFilter } from '../src/index.js';
import { openTestLedger, planInput, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

const add = (changes: Parameters<typeof planInput>[0]) => insertPlan(testLedger.ledger, planInput(changes));

async function names(filter: Partial<PlanFilter> = {}): Promise<string[]> {
  const { items } = await listPlans(testLedger.ledger, { limit: 100, ...filter });
  return items.map(({ name }) => name);
}

describe('a list of plans', () => {
  it('is searched by name, agent and source, whatever their case, and literally', async () => {
    await add({ name: 'Mail', agentId: 'a', sourceDir: '/srv/post' });
    await add({ name: 'photos', agentId: 'mailserver', sourceDir: '/srv/100%' });
    await add({ name: 'docs', agentId: 'c', sourceDir: '/home/MAIL' });
    await add({ name: 'other', agentId: 'c', sourceDir: '/srv/1000' });
    expect(await names({ search: 'mail' })).toEqual(['Mail', 'photos', 'docs']);
    expect(await names({ search: '100%' })).toEqual(['photos']);
    expect(await names({ search: '_' })).toEqual([]);
  });

  it('is narrowed by agent, vault and pause, with all that fit counted', async () => {
    const first = await add({ name: 'a', agentId: 'one' });
    await add({ name: 'b', agentId: 'one' });
    await add({ name: 'c', agentId: 'two' });
    await pausePlan(testLedger.ledger, first.id);
    expect(await names({ agentId: 'one' })).toEqual(['a', 'b']);
    expect(await names({ vaultId: first.vaultId, paused: true })).toEqual(['a']);
    expect(await names({ paused: false })).toEqual(['b', 'c']);
    const page = await listPlans(testLedger.ledger, { limit: 1, agentId: 'one' });
    expect([page.items.length, page.total]).toEqual([1, 2]);
  });

  it('is sorted by name in pages that hold each plan once, though a name stands twice', async () => {
    for (const [name, agentId] of [
      ['b', 'x'],
      ['A', 'x'],
      ['c', 'x'],
      ['B', 'y'],
      ['a', 'y'],
    ] as const)
      await add({ name, agentId });
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listPlans(testLedger.ledger, { limit: 2, cursor, sort: 'name' });
      seen.push(...page.items.map(({ name }) => name.toLowerCase()));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(['a', 'a', 'b', 'b', 'c']);
    await expect(names({ sort: 'name', cursor: 'name.1' })).rejects.toThrow(CursorError);
  });
});
