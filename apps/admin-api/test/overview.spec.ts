import { randomUUID } from 'node:crypto';
import type { Overview, Plan } from '@periodic-backup/contracts';
import { sql } from 'drizzle-orm';
import { TestApi, VAULT_ID, planBody, startServers, type Servers } from './test-api.js';

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

const overview = async (): Promise<Overview> => {
  const { status, body } = await api.call<Overview>('GET', '/api/v1/overview');
  expect(status).toBe(200);
  return body;
};

async function addPlan(name: string, changes: Record<string, unknown> = {}): Promise<Plan> {
  const body = planBody({ name, sourceDir: `/srv/${name}`, ...changes });
  const { status, body: plan } = await api.call<Plan>('POST', '/api/v1/plans', body);
  expect(status).toBe(201);
  return plan;
}

/** A run that ended a minute ago, or is under way. */
const addRun = (plan: Plan, state: string, columns: Record<string, string> = {}) =>
  api.addRun({
    ...{ plan_id: `'${plan.id}'`, state: `'${state}'`, scheduled_for: "now() - interval '1 minute'" },
    finished_at: state === 'running' ? 'null' : "now() - interval '30 s'",
    ...columns,
  });
const addSnapshot = (plan: Plan) =>
  api.addSnapshot({ plan_id: `'${plan.id}'`, committed_at: "now() - interval '30 s'" });

describe('the overview', () => {
  it('of a new installation says what is there and what is yet to be done', async () => {
    expect(await overview()).toMatchObject({
      ...{ verdict: null, sentence: 'Nothing is backed up: there is no plan yet.', safeSince: null },
      setup: { receiver: true, agent: true, plan: false, backup: false, restore: false },
      ...{ agents: { total: 1, online: 1 }, receivers: { total: 1, online: 1, maxClients: 10 } },
      unprotected: { items: [{ agentId: 'laptop', directory: '/srv', partly: [] }], total: 1 },
      vaults: [{ vaultId: VAULT_ID, freeBytes: 1000, totalBytes: 5000, daysToFull: null }],
    });
  });

  it('says since when all is safe, what was backed up last and what comes next', async () => {
    const plan = await addPlan('a', { sourceDir: '/srv' });
    const runId = await addRun(plan, 'committed', { files: '4', bytes_stored: '40' });
    await addSnapshot(plan);
    const found = await overview();
    expect(found).toMatchObject({
      ...{ verdict: 'healthy', plans: { total: 1, counts: { healthy: 1 }, broken: 0 } },
      attention: { items: [], total: 0 },
      lastBackup: { runId, planName: 'a', files: 4, bytesStored: 40 },
      next: [{ planId: plan.id, planName: 'a', dueAt: plan.nextDueAt }],
      unprotected: { items: [], total: 0 },
      setup: { plan: true, backup: true, restore: false },
    });
    expect(found.sentence).toMatch(
      /^Safe: the plan keeps its promise; no newest snapshot is older than 3\d seconds\.$/,
    );
    expect(Date.now() - Date.parse(found.safeSince!)).toBeLessThan(120_000);
  });

  it('puts the worst first, each with its cause and one thing to do', async () => {
    const [failed, missed, young] = [
      await addPlan('failed'),
      await addPlan('missed'),
      await addPlan('young'),
    ];
    const fine = await addPlan('fine');
    await addSnapshot(fine);
    await addRun(fine, 'committed');
    const runId = await addRun(failed, 'failed', { reason: "'The disk is full.'" });
    await addRun(missed, 'missed', { reason: "'Nobody came.'", scheduled_for: "now() - interval '1 hour'" });
    const { verdict, sentence, attention, safeSince } = await overview();
    expect([verdict, safeSince]).toEqual(['failing', null]);
    expect(sentence).toBe('Not safe: 2 of 4 plans are failing, 1 of 4 plans has never run.');
    expect(attention.total).toBe(3);
    expect(attention.items).toMatchObject([
      {
        name: 'missed',
        severity: 'critical',
        cause: expect.stringContaining('Nobody came'),
        action: { kind: 'run-now' },
      },
      {
        ...{ name: 'failed', cause: expect.stringContaining('The disk is full'), state: 'failing' },
        action: { kind: 'open-run', subject: runId },
      },
      { name: 'young', severity: 'warning', action: { kind: 'run-now', subject: young.id } },
    ]);
  });

  it('names the machine to be started when that is what is missing', async () => {
    const plan = await addPlan('a');
    await addRun(plan, 'missed');
    await api.announceAgent({ seenAt: '2026-11-01T00:00:00.000Z' });
    expect((await overview()).attention.items[0]?.action).toEqual({
      ...{ kind: 'start-agent', subject: 'laptop', words: 'Start agent "laptop" on its machine' },
    });
    await api.announceAgent();
    await api.announceReceiver({ seenAt: '2026-11-01T00:00:00.000Z' });
    expect((await overview()).attention.items[0]?.action).toMatchObject({
      kind: 'start-receiver',
      subject: VAULT_ID,
    });
  });

  it('shows alerts that tell of more than a plan', async () => {
    await api.connection.ledger.execute(sql`
      insert into alert_states (id, kind, subject, subject_name, severity, what, advice, since, opened_at) values
      (${randomUUID()}, 'vault-space-low', ${VAULT_ID}, 'vault "vault"', 'critical', '1 MiB is free.', 'Make room.', now(), now()),
      (${randomUUID()}, 'plan-health', 'x', 'plan "x"', 'critical', 'It fails.', 'Look.', now(), now())`);
    const { attention } = await overview();
    await api.connection.ledger.execute(sql`truncate alert_states`);
    expect(attention).toMatchObject({
      items: [
        {
          about: 'vault',
          subject: VAULT_ID,
          cause: '1 MiB is free.',
          action: { kind: 'open-vault', words: 'Make room.' },
        },
      ],
      total: 1,
    });
  });

  it('shows what runs, what waits and why, and directories that are covered in part', async () => {
    const [a, b] = [await addPlan('a'), await addPlan('b')];
    await addRun(a, 'running', { started_at: 'now()', receiver_id: "'attic'" });
    await addRun(b, 'waiting', { reason: "'Its vault has no place.'", finished_at: 'null' });
    const found = await overview();
    expect(found.running).toMatchObject({
      items: [{ planName: 'a', state: 'running', receiverId: 'attic' }],
      total: 1,
    });
    expect(found.waiting).toMatchObject({
      items: [{ planName: 'b', reason: 'Its vault has no place.' }],
      total: 1,
    });
    expect(found.unprotected.items).toEqual([
      { agentId: 'laptop', online: true, directory: '/srv', partly: ['a', 'b'] },
    ]);
  });

  it('is as large with ten thousand plans, and soon there again', async () => {
    await api.connection.ledger.execute(sql`
      insert into plans (id, name, agent_id, source_dir, excludes, after_transmit, schedule, vault_id, created_at, due_from)
      select gen_random_uuid(), 'plan ' || n, 'agent-' || n % 2000, '/srv/' || n, '[]', 'keep',
        case when n % 2 = 0 then '{"kind":"every","everySeconds":3600}'
          else '{"kind":"cron","cron":"' || n % 60 || ' 2 * * *","timezone":"Europe/Berlin"}' end::jsonb,
        ${VAULT_ID}, now() - interval '3 days', now() - interval '3 days'
      from generate_series(1, 10000) as n`);
    const first = await api.call<Overview>('GET', '/api/v1/overview');
    expect(first.body.plans.total).toBe(10_000);
    expect(first.body.attention).toMatchObject({ total: 10_000 });
    expect(first.body.attention.items).toHaveLength(50);
    expect(JSON.stringify(first.body).length).toBeLessThan(100_000);
    const started = performance.now();
    const again = await Promise.all(Array.from({ length: 20 }, overview));
    // Twenty screens cost no more than one.
    expect(performance.now() - started).toBeLessThan(5000);
    expect(again.every(({ plans }) => plans.total === 10_000)).toBe(true);
  });
});
