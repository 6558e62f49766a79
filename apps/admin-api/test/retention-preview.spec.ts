import { randomUUID } from 'node:crypto';
import type { Plan, Problem, RetentionPreview } from '@periodic-backup/contracts';
import { TestApi, planBody, startServers, type Answer, type Servers } from './test-api.js';

let servers: Servers;
let api: TestApi;
let plan: Plan;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
});
beforeEach(async () => {
  await api.announceAgent();
  await api.announceReceiver();
  const schedule = { kind: 'cron', cron: '0 2 * * *', timezone: 'Europe/Berlin' };
  plan = (await api.call<Plan>('POST', '/api/v1/plans', planBody({ schedule }))).body;
});
afterEach(() => api.clear());
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const addSnapshot = (committedAt: string, columns: Record<string, string> = {}): Promise<string> =>
  api.addSnapshot({
    plan_id: `'${plan.id}'`,
    snapshot: `'${committedAt.replaceAll(':', '')}'`,
    committed_at: `timestamptz '${committedAt}'`,
    ...columns,
  });
const preview = <Body = RetentionPreview>(retention: unknown, query = ''): Promise<Answer<Body>> =>
  api.call<Body>('POST', `/api/v1/plans/${plan.id}/retention/preview${query}`, { retention });

test('it says which snapshots go, which stay and by which rule, and removes none', async () => {
  await addSnapshot('2026-01-03T22:59:00Z');
  await addSnapshot('2026-01-03T23:01:00Z');
  await addSnapshot('2026-01-01T12:00:00Z');
  const pinned = await addSnapshot('2025-06-01T00:00:00Z');
  await api.call('PUT', `/api/v1/snapshots/${pinned}/pin`);
  await addSnapshot('2025-05-01T00:00:00Z', { damages: `'[{"snapshot":"x","path":null,"what":"bad"}]'` });
  await addSnapshot('2025-04-01T00:00:00Z', { removed_at: 'now()' });
  const answer = await preview({ daily: 2 });
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({
    planId: plan.id,
    timezone: 'Europe/Berlin',
    goes: { count: 2, oldest: '2025-05-01T000000Z', newest: '2026-01-01T120000Z' },
    stays: { count: 3, oldest: '2025-06-01T000000Z', newest: '2026-01-03T230100Z' },
    rules: [
      { rule: 'newest', snapshots: 1 },
      { rule: 'daily', snapshots: 2 },
      { rule: 'pinned', snapshots: 1 },
    ],
    sentences: [
      'Of 5 snapshots 2 go, from 2025-05-01T000000Z to 2026-01-01T120000Z; 3 stay.',
      'The newest snapshot and the newest good one always stay.',
      'Of those that go, 1 is damaged.',
    ],
    nextCursor: null,
  });
  expect(answer.body.items.map(({ keptBy }) => keptBy)).toEqual([
    ['newest', 'daily 2026-01-04'],
    ['daily 2026-01-03'],
    [],
    ['pinned'],
    [],
  ]);
  expect(answer.body.items[3]).toEqual({
    ...{ snapshot: '2025-06-01T000000Z', committedAt: '2025-06-01T00:00:00.000Z' },
    ...{ pinned: true, good: true, keptBy: ['pinned'], removable: false },
  });
  expect((await preview({ daily: 2 })).body).toEqual(answer.body);
});

test('it says that plans which move keep only copies, and that paused ones keep all', async () => {
  const sentences = async (): Promise<string> => (await preview({ last: 1 })).body.sentences.join(' ');
  expect(await sentences()).toBe('There is no snapshot yet.');
  await addSnapshot('2026-01-01T00:00:00Z');
  expect(await sentences()).toBe('The only snapshot stays.');
  await addSnapshot('2026-01-02T00:00:00Z');
  expect(await sentences()).toMatch(/^Of 2 snapshots 1 goes, 2026-01-01T000000Z; 1 stays\./);
  const path = `/api/v1/plans/${plan.id}`;
  await api.call('PATCH', path, { afterTransmit: 'move', backupDir: '/srv/kept' });
  await api.call('POST', `${path}/pause`);
  expect(await sentences()).toMatch(/moves its files.*paused nothing is removed/);
  expect((await preview(null)).body.sentences).toEqual(['Without a retention policy all 2 snapshots stay.']);
});

test('a policy that cannot be is refused at its field', async () => {
  const error = async (retention: unknown): Promise<[number, string, string]> => {
    const { status, body } = await preview<Problem>(retention);
    return [status, body.errors![0]!.path, body.errors![0]!.message];
  };
  expect(await error({})).toEqual([400, 'retention', expect.stringMatching(/must keep something/)]);
  expect(await error({ last: -1 })).toEqual([400, 'retention.last', expect.any(String)]);
  expect(await error({ last: 1, timezone: 'Mars/Base' })).toEqual([
    ...[400, 'retention.timezone'],
    expect.stringMatching(/IANA/),
  ]);
  expect(await error(undefined)).toEqual([400, 'retention', expect.any(String)]);
  const other = `/api/v1/plans/${randomUUID()}/retention/preview`;
  expect((await api.call('POST', other, { retention: null })).status).toBe(404);
});

test('10,000 snapshots are previewed in less than a second, and in pages if wanted', async () => {
  await api.connection.ledger.execute(`
    insert into snapshots (id, plan_id, vault_id, run_id, snapshot, manifest_digest, counts, committed_at, agent_id,
      agent_folder, plan_folder)
    select gen_random_uuid(), '${plan.id}', '${plan.vaultId}', gen_random_uuid(),
      to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24MISS"Z"'), '', '{}', at, 'laptop', 'laptop', 'documents'
    from (select timestamptz '2026-11-01T00:30:00Z' - n * interval '1 hour' as at from generate_series(1, 10000) n) as t`);
  const policy = { last: 24, hourly: 48, daily: 30, weekly: 12, monthly: 24, yearly: 10 };
  await preview(policy);
  const started = performance.now();
  const { body } = await preview(policy);
  expect(performance.now() - started).toBeLessThan(1000);
  expect(body.items).toHaveLength(10_000);
  expect(body.goes.count + body.stays.count).toBe(10_000);
  const first = (await preview(policy, '?limit=6000')).body;
  const second = (await preview(policy, `?limit=6000&cursor=${first.nextCursor}`)).body;
  expect([...first.items, ...second.items]).toEqual(body.items);
  expect([second.nextCursor, second.goes]).toEqual([null, body.goes]);
  expect((await preview(policy, '?cursor=x')).status).toBe(400);
});
