import { sql, type SQL } from 'drizzle-orm';
import { judgePlans, pageOfHealth, planHealthFacts, readPromises, renewStandings } from '../src/index.js';
import { runCountsQuery } from '../src/promises/count-promises.js';
import { workedOut } from '../src/standings/work-out-standings.js';
import { openTestLedger, type TestLedger } from './open-test-ledger.js';

const PLANS = 1000;
const RUNS_PER_PLAN = 100;
/** Blocks of 8 KiB: a dozen index walks of three or four blocks each, and the rows they find. */
const MAX_BUFFERS_PER_PLAN = 80;

const now = new Date('2026-11-22T12:30:00Z');
const period = { from: new Date('2026-10-23T00:00:00Z'), to: now, now };

let testLedger: TestLedger;
beforeAll(async () => {
  testLedger = await openTestLedger();
  const { ledger } = testLedger;
  // Hourly plans, verified by schedule; every tenth failed last.
  await ledger.execute(sql`
    insert into plans (id, name, agent_id, source_dir, excludes, after_transmit, schedule, verify_schedule, vault_id,
      created_at, updated_at, due_from)
    select ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'plan ' || n, 'laptop', '/srv', '[]',
      'keep', '{"kind":"every","everySeconds":3600}', '{"kind":"every","everySeconds":86400}',
      gen_random_uuid(), at, at, at
    from generate_series(1, ${PLANS}) as n, (select timestamptz '2026-11-18T08:30:00Z' as at) as t`);
  // As it grows in life: hour by hour, so that the runs of a plan lie far from each other.
  await ledger.execute(sql`
    insert into runs (id, plan_id, agent_id, trigger, state, reason, scheduled_for, started_at, finished_at)
    select gen_random_uuid(), plans.id, 'laptop', 'schedule',
      case when n = 0 and right(plans.name, 1) = '7' then 'failed' else 'committed' end::run_state,
      case when n = 0 then 'No route at 2026-11-22T12:00:00Z.' end, at, at, at + interval '1 minute'
    from generate_series(0, ${RUNS_PER_PLAN - 1}) as n,
      lateral (select timestamptz '2026-11-22T12:00:00Z' - n * interval '1 hour' as at) as t, plans`);
  await ledger.execute(sql`
    insert into snapshots (id, plan_id, vault_id, run_id, snapshot, manifest_digest, counts, committed_at, agent_id,
      agent_folder, plan_folder, verified_at)
    select gen_random_uuid(), plan_id, gen_random_uuid(), id, '2026-11-22T110000Z', '', '{}', finished_at, 'laptop',
      'laptop', 'plan', finished_at
    from runs where state = 'committed'`);
  for (const table of ['plans', 'runs', 'snapshots'])
    await ledger.execute(sql`vacuum analyze ${sql.identifier(table)}`);
});
afterAll(() => testLedger.stop());

/** Blocks of 8 KiB that a query touches. */
async function buffersOf(query: SQL): Promise<number> {
  const answer = await testLedger.ledger.execute(sql`explain (analyze, buffers, format json) ${query}`);
  const [row] = answer.rows as {
    'QUERY PLAN': { Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }[];
  }[];
  const { Plan: root } = row!['QUERY PLAN'][0]!;
  return root['Shared Hit Blocks'] + root['Shared Read Blocks'];
}

test('what the health of a plan depends on is found without a walk over its history', async () => {
  const { ledger } = testLedger;
  const { rows } = await ledger.execute<{ id: string }>(sql`select id from plans`);
  const buffers = await buffersOf(workedOut(rows.map(({ id }) => id)));
  expect(buffers / PLANS).toBeLessThan(MAX_BUFFERS_PER_PLAN);
  const page = pageOfHealth(await judgePlans(ledger, now), { limit: 50, state: 'failing' });
  expect(page.counts).toMatchObject({ failing: PLANS / 10, unverified: PLANS - PLANS / 10 });
  expect(page.items).toHaveLength(50);
  while ((await renewStandings(ledger, 300)) > 0);
  expect(pageOfHealth(await judgePlans(ledger, now), { limit: 50, state: 'failing' })).toEqual(page);
});

test('promises are counted in one pass over the runs, not plan by plan', async () => {
  const { ledger } = testLedger;
  const plans = await planHealthFacts(ledger);
  const { rows } = await ledger.execute<{ pages: number }>(
    sql`select relpages as pages from pg_class where relname = 'runs'`,
  );
  const buffers = await buffersOf(runCountsQuery(plans, period));
  expect(buffers).toBeLessThan(1.5 * rows[0]!.pages);
});

test('the overview adds up all of them', async () => {
  const promises = await readPromises(testLedger.ledger, { limit: 500 }, period);
  const all = RUNS_PER_PLAN * PLANS;
  expect(promises.totals).toMatchObject({
    ...{ expected: all, committed: all - PLANS / 10, failed: PLANS / 10 },
    ...{ missed: 0, late: 0, verified: all - PLANS / 10 },
  });
  expect(promises.reasons).toEqual([{ state: 'failed', reason: 'No route at ….', count: PLANS / 10 }]);
  expect(promises.items).toHaveLength(500);
});
