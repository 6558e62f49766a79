import { randomUUID } from 'node:crypto';
import {
  LIVE_CHANNEL,
  type Plan,
  type PlanCharts,
  type PlanHealth,
  type PlanStrips,
  type RunDetail,
  type RunProgress,
  type VaultGrowth,
} from '@periodic-backup/contracts';
import { pinVault, recordFailedAttempt, sampleVaults } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { EventStream } from './event-stream.js';
import { TestApi, VAULT_ID, planBody, startServers, type Servers } from './test-api.js';

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
  plan = (await api.call<Plan>('POST', '/api/v1/plans', planBody())).body;
});
afterEach(() => api.clear());
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const get = async <T>(path: string): Promise<T> => {
  const { status, body } = await api.call<T>('GET', `/api/v1/${path}`);
  expect([path, status]).toEqual([path, 200]);
  return body;
};
const ofPlan = (columns: Record<string, string> = {}) => ({ plan_id: `'${plan.id}'`, ...columns });

describe('lists of plans', () => {
  it('are searched, narrowed, sorted and counted', async () => {
    for (const name of ['Beta', 'alpha']) await api.call('POST', '/api/v1/plans', planBody({ name }));
    interface Page {
      readonly items: Plan[];
      readonly total: number;
    }
    const names = ({ items }: Page): string[] => items.map(({ name }) => name);
    expect(names(await get('plans?sort=name'))).toEqual(['alpha', 'Beta', 'documents']);
    expect(names(await get('plans?search=ET'))).toEqual(['Beta']);
    expect(names(await get('plans?paused=true'))).toEqual([]);
    expect((await get<Page>('plans?limit=1&agentId=laptop')).total).toBe(3);
    expect((await get<Page>(`plans?vaultId=${randomUUID()}`)).total).toBe(0);
    expect((await api.call('GET', '/api/v1/plans?paused=perhaps')).status).toBe(400);
  });

  it('come with the health of just those on the page', async () => {
    await api.call('POST', '/api/v1/plans', planBody({ name: 'other' }));
    const { items } = await get<{ items: PlanHealth[] }>(`plan-health?planIds=${plan.id}`);
    expect(items.map(({ planId }) => planId)).toEqual([plan.id]);
  });
});

describe('strips and figures', () => {
  it('show what became of the last due times', async () => {
    await api.addRun(ofPlan({ state: "'missed'", scheduled_for: "now() - interval '2 hours'" }));
    await api.addRun(ofPlan({ files: '3', bytes_stored: '30', finished_at: 'now()' }));
    const { items } = await get<PlanStrips>(`plan-strips?planIds=${plan.id},${randomUUID()}&ticks=5`);
    expect(items).toMatchObject([
      { planId: plan.id, cells: [{ state: 'missed' }, { state: 'committed', files: 3, bytesStored: 30 }] },
    ]);
    for (const query of ['', 'planIds=x', `planIds=${plan.id}&ticks=91`])
      expect((await api.call('GET', `/api/v1/plan-strips?${query}`)).status).toBe(400);
  });

  it('show figures over time, with the restore times of drills', async () => {
    await api.addRun(
      ofPlan({
        scheduled_for: "now() - interval '1 day'",
        started_at: 'now()',
        finished_at: "now() + interval '3 s'",
        files: '7',
      }),
    );
    const task = {
      kind: 'drill',
      snapshot: '2026-11-22T110500Z',
      agentId: 'laptop',
      sampleFiles: null,
      seed: 1,
    };
    const result = { kind: 'drill', files: 7, bytes: 1000, durationMs: 500, seed: 1 };
    await api.addRun(
      ofPlan({
        kind: "'drill'",
        task: `'${JSON.stringify(task)}'`,
        task_result: `'${JSON.stringify(result)}'`,
        scheduled_for: "now() - interval '1 s'",
      }),
    );
    const charts = await get<PlanCharts>(`plans/${plan.id}/figures`);
    expect(charts.points).toMatchObject([{ runs: 1, committed: 1, durationMs: 3000, files: 7 }]);
    expect(charts.drills).toMatchObject([{ durationMs: 500, bytesPerSecond: 2000 }]);
    expect((await api.call('GET', `/api/v1/plans/${randomUUID()}/figures`)).status).toBe(404);
    const backwards = `since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z`;
    expect((await api.call('GET', `/api/v1/plans/${plan.id}/figures?${backwards}`)).status).toBe(400);
  });
});

describe('the growth of a vault', () => {
  it('is not guessed from too little, and then told with the day it will be full', async () => {
    const { ledger } = api.connection;
    await pinVault(ledger, { id: VAULT_ID, name: 'vault', layout: 'folders', publicKey: 'pem' });
    const hoursAgo = (hours: number): Date => new Date(Date.now() - hours * 3_600_000);
    const totalBytes = 10 * 2 ** 30;
    const sample = (hours: number, freeBytes: number) =>
      sampleVaults(ledger, new Map([[VAULT_ID, { freeBytes, totalBytes }]]), hoursAgo(hours));
    await sample(48, 9 * 2 ** 30);
    const early = await get<VaultGrowth>(`vaults/${VAULT_ID}/growth`);
    expect(early).toMatchObject({ points: [{ freeBytes: 9 * 2 ** 30, usedBytes: 2 ** 30 }] });
    expect(early).toMatchObject({ bytesPerDay: null, daysToFull: null, fullAt: null });
    expect(early.sentence).toMatch(/Too little is known/);
    await sample(24, 8 * 2 ** 30);
    await sample(1, 7 * 2 ** 30);
    await api.announceReceiver({ freeBytes: 5 * 2 ** 30, totalBytes });
    const later = await get<VaultGrowth>(`vaults/${VAULT_ID}/growth`);
    expect(later.points).toHaveLength(3);
    expect(later.bytesPerDay! / 2 ** 30).toBeCloseTo(1, 1);
    expect(later.daysToFull).toBeCloseTo(5, 0);
    expect(Date.parse(later.fullAt!)).toBeGreaterThan(Date.now());
    expect((await api.call('GET', `/api/v1/vaults/${randomUUID()}/growth`)).status).toBe(404);
  });
});

describe('a run', () => {
  it('comes with its timeline, failed attempts, receiver and the run before it', async () => {
    const before = await api.addRun(ofPlan({ files: '3', scheduled_for: "now() - interval '1 hour'" }));
    const id = await api.addRun(
      ofPlan({
        state: "'running'",
        attempts: '2',
        receiver_id: "'attic'",
        started_at: 'now()',
        queued_at: 'now()',
      }),
    );
    const error = { code: 'BUSY', message: 'No place is free.', retryable: true };
    await recordFailedAttempt(
      api.connection.ledger,
      { id, attempts: 1, receiverId: 'attic' },
      error,
      new Date(),
    );
    const run = await get<RunDetail>(`runs/${id}`);
    expect(run).toMatchObject({
      failedAttempts: [{ attempt: 1, code: 'BUSY' }],
      previous: { runId: before, counts: { files: 3 } },
      receiver: { receiverId: 'attic', host: '127.0.0.1', port: 7400, online: true },
      ...{ progress: null, snapshotId: null, committedAt: null },
    });
    expect(run.timeline.map(({ step, at }) => [step, at !== null])).toEqual([
      ...[
        ['expected', true],
        ['created', true],
        ['queued', true],
        ['started', true],
      ],
      ...[
        ['connected', false],
        ['committed', false],
        ['ended', false],
      ],
    ]);
  });

  it('shows its progress to whoever comes in the middle of it, until it ends', async () => {
    const id = await api.addRun(ofPlan({ state: "'running'" }));
    const progress: RunProgress = {
      ...{ type: 'progress', runId: id, planId: plan.id, filesDone: 5, bytesDone: 50, filesTotal: 10 },
      ...{ bytesTotal: 100, bytesPerSecond: 7, secondsLeft: 7, currentPath: 'a/b' },
    };
    const tell = (event: object) => api.redis.publish(LIVE_CHANNEL, JSON.stringify(event));
    await until(async () => (await tell(progress)) > 0, { what: 'the API to listen' });
    await until(async () => (await get<RunDetail>(`runs/${id}`)).progress, { what: 'the progress' });
    expect((await get<RunDetail>(`runs/${id}`)).progress).toEqual(progress);
    const stream = await EventStream.open(`${api.url}/api/v1/events?runId=${id}`);
    const [shown] = await until(() => stream.ofType('progress').length > 0 && stream.ofType('progress'));
    expect(shown?.data).toEqual(progress);
    stream.close();
    await tell({ type: 'run', runId: id, planId: plan.id, state: 'committed', reason: null });
    await until(async () => (await get<RunDetail>(`runs/${id}`)).progress === null, { what: 'its end' });
  });

  it('is found by its agent', async () => {
    const id = await api.addRun(ofPlan({ agent_id: "'server'" }));
    await api.addRun(ofPlan());
    const { items } = await get<{ items: { id: string }[] }>('runs?agentId=server');
    expect(items.map((run) => run.id)).toEqual([id]);
  });
});
