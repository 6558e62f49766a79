import type { Plan } from '@periodic-backup/contracts';
import { TestApi, planBody, startServers, type Servers } from './test-api.js';

let servers: Servers;
let api: TestApi;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
});
afterAll(async () => {
  await api.close();
  await servers.stop();
});

test('figures tell of runs, last successes, who is online and how long answers took', async () => {
  await api.announceAgent();
  await api.announceReceiver();
  await api.announceReceiver({ receiverId: 'silent', seenAt: '2026-01-01T00:00:00Z' });
  const plan = (await api.call<Plan>('POST', '/api/v1/plans', planBody())).body;
  await api.addRun({ plan_id: `'${plan.id}'`, finished_at: "timestamptz '2026-11-22T10:00:00Z'" });
  await api.addRun({ plan_id: `'${plan.id}'`, state: "'running'" });
  await api.connection.ledger.execute(`update plans set due_from = now() - interval '3 hours'`);
  await api.addRun({
    plan_id: `'${plan.id}'`,
    state: "'missed'",
    scheduled_for: "now() - interval '2 hours'",
  });
  await api.addSnapshot({ plan_id: `'${plan.id}'`, committed_at: "now() - interval '10 minutes'" });
  await api.call('GET', `/api/v1/plans/${plan.id}`);
  const { body, type } = await api.call<string>('GET', '/metrics');
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
  const value = (series: RegExp): number =>
    Number(new RegExp(`^${series.source}.* (\\S+)$`, 'm').exec(body)?.[1]);
  expect(value(/pbk_runs_open\{state="running"/)).toBe(1);
  expect(value(/pbk_runs_last_day\{state="committed"/)).toBe(1);
  expect(value(/pbk_runs_last_day\{state="missed"/)).toBe(1);
  expect(value(/pbk_plan_last_success_timestamp_seconds\{.*plan="documents"/)).toBe(1_795_341_600);
  expect(value(/pbk_plans\{state="failing"/)).toBe(0);
  expect(value(/pbk_plans\{state="healthy"/)).toBe(1);
  expect(value(/pbk_plans_outside_promise/)).toBe(0);
  expect(value(/pbk_plans_without_recovery_point/)).toBe(0);
  expect(value(/pbk_oldest_recovery_point_seconds/)).toBeGreaterThanOrEqual(600);
  expect(value(/pbk_promises_last_day\{outcome="expected"/)).toBe(3);
  expect(value(/pbk_promises_last_day\{outcome="missed"/)).toBe(1);
  expect(value(/pbk_promises_last_day\{outcome="open"/)).toBe(1);
  expect(value(/pbk_online\{kind="receiver"/)).toBe(1);
  expect(value(/pbk_vault_free_bytes\{vault="vault",receiver="attic"/)).toBe(1000);
  expect(value(/pbk_dependency_up\{dependency="postgresql"/)).toBe(1);
  expect(
    value(
      /pbk_http_request_duration_seconds_count\{.*method="GET",route="\/api\/v1\/plans\/:id",status="200"/,
    ),
  ).toBe(1);
});

test('asking again within ten seconds does not ask the ledger again', async () => {
  const figures = async (): Promise<string> =>
    (await api.call<string>('GET', '/metrics')).body
      .split('\n')
      .filter((line) => line.startsWith('pbk_runs'))
      .join('\n');
  const before = await figures();
  await api.addRun({ state: "'failed'" });
  expect(await figures()).toBe(before);
});
