import { randomUUID } from 'node:crypto';
import { RUN_REQUESTS, queuePrefix, type Plan, type Problem, type Run } from '@periodic-backup/contracts';
import { unansweredCancels, unansweredStarts } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { Queue } from 'bullmq';
import { TestApi, planBody, startServers, type Servers } from './test-api.js';

interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

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

const runNow = (): Promise<Awaited<ReturnType<typeof api.call<{ runId: string }>>>> =>
  api.call<{ runId: string }>('POST', `/api/v1/plans/${plan.id}/run`);

test('run now is written down, told to the scheduler, and answered with the run to come', async () => {
  const queue = new Queue(RUN_REQUESTS, {
    connection: { url: servers.redis.url },
    prefix: queuePrefix(RUN_REQUESTS),
  });
  const answer = await runNow();
  expect(answer.status).toBe(202);
  const [request] = await unansweredStarts(api.connection.ledger);
  expect(request).toMatchObject({ planId: plan.id, runId: answer.body.runId });
  const jobs = await until(async () => (await queue.getWaitingCount()) > 0 && queue.getWaiting());
  expect(jobs[0]!.data).toEqual({ requestId: request!.id });
  await queue.close();
});

test('a second run may wait behind the one under way, a third is refused with the waiting one named', async () => {
  await api.addRun({ plan_id: `'${plan.id}'`, state: "'running'" });
  const second = await runNow();
  expect(second.status).toBe(202);
  const third = await api.call<Problem>('POST', `/api/v1/plans/${plan.id}/run`);
  expect(third.status).toBe(409);
  expect(third.body.instance).toBe(`/api/v1/runs/${second.body.runId}`);
  expect(third.body.detail).toContain(second.body.runId);
});

test('a paused plan can be run now', async () => {
  await api.call('POST', `/api/v1/plans/${plan.id}/pause`);
  expect((await runNow()).status).toBe(202);
});

test('a run under way can be cancelled, one that ended cannot, one unknown is not there', async () => {
  const running = await api.addRun({ plan_id: `'${plan.id}'`, state: "'running'" });
  const cancel = await api.call('POST', `/api/v1/runs/${running}/cancel`);
  expect([cancel.status, cancel.body]).toEqual([202, { runId: running }]);
  expect((await unansweredCancels(api.connection.ledger)).map(({ runId }) => runId)).toEqual([running]);
  const ended = await api.call<Problem>('POST', `/api/v1/runs/${await api.addRun()}/cancel`);
  expect([ended.status, ended.body.detail]).toEqual([409, expect.stringContaining('committed')]);
  expect((await api.call('POST', `/api/v1/runs/${randomUUID()}/cancel`)).status).toBe(404);
});

test('a run can be cancelled before the scheduler has seen its request', async () => {
  const { runId } = (await runNow()).body;
  expect((await api.call('POST', `/api/v1/runs/${runId}/cancel`)).status).toBe(202);
});

test('runs are filtered and come page by page, each once, newest first', async () => {
  for (let n = 1; n <= 7; n++)
    await api.addRun({
      plan_id: `'${plan.id}'`,
      state: n % 2 ? "'failed'" : "'partial'",
      scheduled_for: `timestamptz '2026-11-22T10:0${n}:00Z'`,
    });
  await api.addRun({ kind: "'drill'" });
  const seen: Run[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const path = `/api/v1/runs?planId=${plan.id}&state=failed,partial&limit=3${cursor && `&cursor=${cursor}`}`;
    const page: Page<Run> = (await api.call<Page<Run>>('GET', path)).body;
    seen.push(...page.items);
    cursor = page.nextCursor;
    await api.addRun({ plan_id: `'${plan.id}'`, state: "'failed'" });
  }
  expect(seen.map(({ scheduledFor }) => scheduledFor.slice(15, 16)).join('')).toBe('7654321');
  expect(seen[0]!.planName).toBe('documents');
  const count = async (query: string): Promise<number> =>
    (await api.call<Page<Run>>('GET', `/api/v1/runs?${query}`)).body.items.length;
  expect(await count('kind=drill')).toBe(1);
  expect(await count('state=partial&state=missed')).toBe(3);
  expect(await count('since=2026-11-22T10:02:00Z&until=2026-11-22T12:04:00%2B02:00')).toBe(2);
});

test.each(['limit=0', 'limit=501', 'state=lost', 'planId=x', 'since=yesterday', 'cursor=AAAA', 'kind=copy'])(
  'a list of runs with %s is refused, with the field named',
  async (query) => {
    const answer = await api.call<Problem>('GET', `/api/v1/runs?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors![0]!.path).toMatch(new RegExp(`^${query.split('=')[0]!}`));
  },
);

test('a run is read with its counts, and its problems page by page', async () => {
  const id = await api.addRun({ files: '3', bytes_sent_before: '1', bytes_sent: '2', files_failed: '3' });
  await api.connection.ledger.execute(
    `insert into run_problems select '${id}', n, '/f' || n, 'EACCES', 'may not be read' from generate_series(0, 2) n`,
  );
  const run = await api.call<Run>('GET', `/api/v1/runs/${id}`);
  expect(run.body.counts).toMatchObject({ files: 3, bytesSent: 3, filesFailed: 3 });
  const path = `/api/v1/runs/${id}/problems?limit=2`;
  const first = (await api.call<Page<{ path: string }>>('GET', path)).body;
  const second = (await api.call<Page<{ path: string }>>('GET', `${path}&cursor=${first.nextCursor}`)).body;
  expect([...first.items, ...second.items].map((problem) => problem.path)).toEqual(['/f0', '/f1', '/f2']);
  expect(second.nextCursor).toBeNull();
  expect((await api.call('GET', `/api/v1/runs/${randomUUID()}`)).status).toBe(404);
  expect((await api.call('GET', `/api/v1/runs/${randomUUID()}/problems`)).status).toBe(404);
});
