import { randomUUID } from 'node:crypto';
import type { Plan, PlanDeletion } from '@periodic-backup/contracts';
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

const addPlan = async (changes: Record<string, unknown> = {}): Promise<Plan> =>
  (await api.call<Plan>('POST', '/api/v1/plans', planBody(changes))).body;
const deletion = async (id: string): Promise<PlanDeletion> =>
  (await api.call<PlanDeletion>('GET', `/api/v1/plans/${id}/deletion`)).body;

test('it says what becomes of snapshots, open runs and files, in sentences and numbers', async () => {
  const plan = await addPlan({ afterTransmit: 'move', backupDir: '/srv/kept' });
  const own = { plan_id: `'${plan.id}'` };
  const pinned = await api.addSnapshot({ ...own, snapshot: "'2026-01-01T000000Z'" });
  await api.call('PUT', `/api/v1/snapshots/${pinned}/pin`);
  await api.addSnapshot({ ...own, snapshot: "'2026-01-02T000000Z'" });
  await api.addSnapshot({ ...own, snapshot: "'2026-01-03T000000Z'", removed_at: 'now()' });
  const running = await api.addRun({ ...own, state: "'running'" });
  await api.addRun({ ...own, state: "'waiting'", scheduled_for: "now() + interval '1 hour'" });
  expect(await deletion(plan.id)).toEqual({
    ...{ planId: plan.id, planName: 'documents', agentId: 'laptop', deletedAt: null },
    sentences: [
      'All 2 snapshots, from 2026-01-01T000000Z to 2026-01-02T000000Z (1 pinned), stay in their vault and can be browsed and restored.',
      'The plan is not due any more: no backup, no verification by schedule and no retention. Its name "documents" stays taken on agent "laptop", for its snapshots lie under it.',
      '1 run that is under way comes to the end.',
      '1 waiting run is cancelled.',
      'On agent "laptop" nothing is touched: the source /srv/documents stays as it is; files that were moved out of it are in /srv/kept and in the snapshots, nowhere else.',
      'To undo it, bring the plan back with PUT /api/v1/plans/by-name/laptop/documents.',
    ],
    snapshots: {
      ...{ count: 2, oldest: '2026-01-01T000000Z', newest: '2026-01-02T000000Z' },
      ...{ pinned: 1, damaged: 0 },
    },
    openRuns: [
      { runId: running, kind: 'backup', state: 'running' },
      { runId: expect.any(String) as string, kind: 'backup', state: 'waiting' },
    ],
  });
});

test('deleting answers the same, removes nothing, and is undone by putting the plan again', async () => {
  const plan = await addPlan();
  await api.addSnapshot({ plan_id: `'${plan.id}'` });
  const before = await deletion(plan.id);
  const deleted = await api.call<PlanDeletion>('DELETE', `/api/v1/plans/${plan.id}`);
  expect(deleted.status).toBe(200);
  expect(deleted.body).toEqual({ ...before, deletedAt: expect.any(String) as string });
  expect(await deletion(plan.id)).toEqual(deleted.body);
  expect((await api.call('DELETE', `/api/v1/plans/${plan.id}`)).status).toBe(404);
  const { name: _name, agentId: _agent, ...body } = planBody();
  expect((await api.call('PUT', '/api/v1/plans/by-name/laptop/documents', body)).status).toBe(200);
  expect(await deletion(plan.id)).toEqual(before);
  expect((await api.call('GET', `/api/v1/plans/${randomUUID()}/deletion`)).status).toBe(404);
});
