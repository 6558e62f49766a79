import { sql } from 'drizzle-orm';
import { countOpenRuns, lastSuccesses } from '../src/index.js';
import { runsQuery, type RunFilter } from '../src/reading/read-runs.js';
import { encodeCursor } from '../src/keyset-cursor.js';
import { openTestLedger, type TestLedger } from './open-test-ledger.js';

/** A page costs some index pages, not the history: buffers of 8 KiB that a query may touch. */
const MAX_BUFFERS_PER_PAGE = 1200;
const PLAN = '00000000-0000-4000-8000-000000000007';

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
  // Filling first and indexing after takes a third of the time.
  const indexes = await testLedger.ledger.execute<{ name: string; definition: string }>(sql`
    select indexname as name, indexdef as definition from pg_indexes
    where tablename = 'runs' and indexname <> 'runs_pkey'`);
  await testLedger.ledger.transaction(async (filling) => {
    // A busy machine may take longer for all of it than any query of the product may.
    await filling.execute(sql`set local statement_timeout = 0`);
    await filling.execute(sql`alter table runs set unlogged`);
    for (const { name } of indexes.rows) await filling.execute(sql`drop index ${sql.identifier(name)}`);
    // 100 plans, one run a minute each; one in 10,000 failed, six of a rare kind.
    await filling.execute(sql`
      insert into runs (id, plan_id, agent_id, kind, trigger, state, scheduled_for, finished_at)
      select gen_random_uuid(), ('00000000-0000-4000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid, 'laptop',
        case when n % 150000 = 0 then 'verify' else 'backup' end::run_kind, 'schedule',
        case when n % 10000 = 7 then 'failed' else 'committed' end::run_state,
        timestamptz '2024-01-01' + (n / 100) * interval '1 minute',
        timestamptz '2024-01-01' + (n / 100) * interval '1 minute'
      from generate_series(1, 1000000) as n`);
    await filling.execute(sql`
      insert into plans (id, name, agent_id, source_dir, excludes, after_transmit, schedule, vault_id)
      select distinct plan_id, plan_id::text, 'laptop', '/srv', '[]'::jsonb, 'keep'::after_transmit,
        '{"kind":"every","everySeconds":60}'::jsonb, plan_id from runs`);
    for (const { definition } of indexes.rows) await filling.execute(sql.raw(definition));
    await filling.execute(sql`analyze runs`);
  });
});
afterAll(() => testLedger.stop());

const half = encodeCursor({ at: new Date('2024-01-04T11:00:00Z'), id: PLAN });

test.each<[string, Partial<RunFilter>]>([
  ['all runs', {}],
  ['all runs, from the middle', { cursor: half }],
  ['the runs of a plan', { planId: PLAN }],
  ['the runs of an agent', { agentId: 'laptop' }],
  ['the runs of an agent that has none', { agentId: 'nobody' }],
  ['the runs of a plan, from the middle', { planId: PLAN, cursor: half }],
  ['a rare state', { states: ['failed'] }],
  ['a common state', { states: ['committed'] }],
  ['a common and two rare states', { states: ['committed', 'failed', 'missed'], cursor: half }],
  ['a state that no run has', { states: ['missed'] }],
  ['a rare state of a plan', { planId: PLAN, states: ['failed', 'partial', 'missed'] }],
  ['a rare kind', { kind: 'verify' }],
  ['the common kind', { kind: 'backup' }],
  ['an hour', { since: new Date('2024-01-04T10:00:00Z'), until: new Date('2024-01-04T11:00:00Z') }],
  ['an hour of a plan', { planId: PLAN, since: new Date('2024-01-04T10:00:00Z') }],
])('a page of %s touches few of a million runs', async (_name, filter) => {
  const query = runsQuery(testLedger.ledger, { limit: 50, ...filter });
  const plan = await explain(query.getSQL());
  expect(plan.text).not.toContain('Seq Scan');
  expect(plan.buffers).toBeLessThan(MAX_BUFFERS_PER_PAGE);
});

test('figures for monitoring do not walk over a million runs', async () => {
  const started = performance.now();
  await countOpenRuns(testLedger.ledger);
  expect(await lastSuccesses(testLedger.ledger)).toHaveLength(100);
  expect(performance.now() - started).toBeLessThan(500);
});

interface PlanNode {
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
}

async function explain(query: ReturnType<typeof sql>): Promise<{ text: string; buffers: number }> {
  const answer = await testLedger.ledger.execute(sql`explain (analyze, buffers, format json) ${query}`);
  const [row] = answer.rows as { 'QUERY PLAN': { Plan: PlanNode }[] }[];
  const { Plan: root } = row!['QUERY PLAN'][0]!;
  return { text: JSON.stringify(root), buffers: root['Shared Hit Blocks'] + root['Shared Read Blocks'] };
}
