import { randomUUID } from 'node:crypto';
import type { Plan, PlanHealth, PlanPromises, Problem, Promises } from '@periodic-backup/contracts';
import { TestApi, planBody, startServers, type Servers } from './test-api.js';

let servers: Servers;
let api: TestApi;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
});
beforeEach(async () => {
  await api.announceAgent();
  await api.announceReceiver();
});
afterEach(() => api.clear());
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const addPlan = async (name: string): Promise<string> =>
  (await api.call<Plan>('POST', '/api/v1/plans', planBody({ name }))).body.id;
/** The last due time, taken. */
const addRun = (planId: string, columns: Record<string, string> = {}): Promise<string> =>
  api.addRun({
    plan_id: `'${planId}'`,
    scheduled_for: "date_trunc('hour', now())",
    finished_at: 'now()',
    ...columns,
  });

test('each plan is in one state of health, with the sentence that explains it', async () => {
  const [fresh, paused, failing, healthy] = [
    await addPlan('fresh'),
    await addPlan('paused'),
    await addPlan('failing'),
    await addPlan('healthy'),
  ];
  await api.call('POST', `/api/v1/plans/${paused}/pause`);
  await addRun(failing, { state: "'failed'", reason: "'No route to the receiver.'" });
  await addRun(healthy);
  await api.addSnapshot({ plan_id: `'${healthy}'`, committed_at: 'now()' });
  const health = async (id: string): Promise<PlanHealth> =>
    (await api.call<PlanHealth>('GET', `/api/v1/plans/${id}/health`)).body;
  expect(await health(fresh)).toMatchObject({
    ...{ planId: fresh, planName: 'fresh', agentId: 'laptop', state: 'never-run' },
    sentence: expect.stringMatching(/^It has never run: first due at 20/) as string,
    recoveryPoint: { snapshot: null, heldSeconds: null, promisedSeconds: 7200, broken: false },
  });
  expect((await health(paused)).state).toBe('paused');
  expect(await health(failing)).toMatchObject({
    state: 'failing',
    sentence: expect.stringMatching(
      /failed: No route to the receiver\. There is no good snapshot\.$/,
    ) as string,
  });
  expect((await health(healthy)).state).toBe('healthy');
  expect((await api.call('GET', `/api/v1/plans/${randomUUID()}/health`)).status).toBe(404);
});

test('the health of all plans comes in pages, by state, with every state counted', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await addPlan(name);
  const ofD = (await api.call<{ items: PlanHealth[] }>('GET', '/api/v1/plan-health')).body.items[3]!;
  await api.call('POST', `/api/v1/plans/${ofD.planId}/pause`);
  interface Page {
    readonly items: PlanHealth[];
    readonly nextCursor: string;
    readonly counts: Record<string, number>;
  }
  const page = async (query: string): Promise<Page> =>
    (await api.call<Page>('GET', `/api/v1/plan-health?${query}`)).body;
  const first = await page('limit=2&state=never-run');
  expect(first.counts).toEqual({
    ...{ paused: 1, 'never-run': 3, failing: 0 },
    ...{ 'running-late': 0, unverified: 0, healthy: 0 },
  });
  const second = await page(`limit=2&state=never-run&cursor=${first.nextCursor}`);
  expect([...first.items, ...second.items].map(({ planName }) => planName)).toEqual(['a', 'b', 'c']);
  expect((await page('state=paused')).items.map(({ planName }) => planName)).toEqual(['d']);
  expect((await api.call('GET', '/api/v1/plan-health?state=unwell')).status).toBe(400);
  expect((await api.call('GET', '/api/v1/plan-health?cursor=x')).status).toBe(400);
});

test('what a plan promised and kept is told for any period, the last 30 days unless said', async () => {
  const planId = await addPlan('documents');
  await addRun(planId, { finished_at: "date_trunc('hour', now()) + interval '7 minutes'" });
  await addRun(planId, {
    state: "'missed'",
    scheduled_for: "date_trunc('hour', now()) - interval '2 hours'",
    reason: "'It slept.'",
  });
  const promises = async (query = ''): Promise<PlanPromises> =>
    (await api.call<PlanPromises>('GET', `/api/v1/plans/${planId}/promises${query}`)).body;
  const all = await promises();
  expect(all).toMatchObject({
    ...{ planId, expected: 2, committed: 1, late: 1, missed: 1, failed: 0 },
    reasons: [{ state: 'missed', reason: 'It slept.', count: 1 }],
  });
  expect(Date.parse(all.to) - Date.parse(all.from)).toBe(30 * 86_400_000);
  const hourAgo = new Date(Date.now() - 3_600_000).toISOString();
  expect(await promises(`?from=${hourAgo}`)).toMatchObject({ expected: 1, missed: 0, from: hourAgo });
  expect(await promises(`?to=${hourAgo}`)).toMatchObject({ expected: 1, missed: 1 });
  const overview = (await api.call<Promises>('GET', '/api/v1/promises?limit=1')).body;
  expect(overview).toMatchObject({
    ...{ plans: 1, plansBroken: 0, nextCursor: null },
    totals: { expected: 2, committed: 1, late: 1, missed: 1 },
    items: [{ planName: 'documents', expected: 2 }],
  });
});

test('a period that ends before it begins, or is no period, is refused', async () => {
  const path = `/api/v1/plans/${await addPlan('documents')}/promises`;
  const error = async (query: string): Promise<[number, string]> => {
    const { status, body } = await api.call<Problem>('GET', `${path}${query}`);
    return [status, body.errors![0]!.path];
  };
  expect(await error('?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z')).toEqual([400, 'from']);
  expect(await error('?from=1970-01-01T00:00:00Z')).toEqual([400, 'from']);
  expect(await error('?from=yesterday')).toEqual([400, 'from']);
  expect((await api.call('GET', `/api/v1/plans/${randomUUID()}/promises`)).status).toBe(404);
});
