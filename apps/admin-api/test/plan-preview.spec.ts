import { nextDueTime, type Plan, type PlanPreview, type Problem } from '@periodic-backup/contracts';
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

async function preview(plan: Record<string, unknown>, planId?: string): Promise<PlanPreview> {
  const answer = await api.call<PlanPreview>('POST', '/api/v1/plans/preview', { plan, planId });
  expect(answer.status).toBe(200);
  return answer.body;
}

describe('a preview', () => {
  it('of an empty form says what is missing and refuses nothing', async () => {
    const found = await preview({});
    expect(found.missing.sort()).toEqual(['agentId', 'name', 'schedule', 'sourceDir', 'vaultId']);
    expect(found).toMatchObject({
      effective: { excludes: [], afterTransmit: 'keep', backupDir: null, retention: null },
      ...{ schedule: null, retention: null, vault: null },
      commands: { curl: null, pbk: null, npmStart: null },
    });
  });

  it('says what can be said of what is filled in', async () => {
    const found = await preview({ agentId: 'laptop', sourceDir: '/etc', afterTransmit: 'copy', name: '' });
    expect(found.errors).toEqual(
      expect.arrayContaining([
        { path: 'sourceDir', message: expect.stringMatching(/ALLOWED_DIRS/) },
        { path: 'backupDir', message: expect.stringMatching(/is needed/) },
        { path: 'name', message: 'must not be empty' },
      ]),
    );
    expect(found.missing).toEqual(expect.arrayContaining(['name', 'backupDir', 'vaultId', 'schedule']));
    expect(found.missing).not.toContain('sourceDir');
  });

  it.each<Record<string, unknown>>([
    { name: 'a/b', retention: { last: 0 } },
    { agentId: 'ghost' },
    { schedule: { kind: 'cron', cron: '2 *' }, sourceDir: '/srv/..' },
    { afterTransmit: 'move', backupDir: '/srv/documents/sent' },
    { backupDir: 3, unknown: true },
    { receiver: { host: 'a', port: 1 }, vaultId: undefined },
    { afterTransmit: 'copy' },
  ])('of a whole plan says exactly what saving it is refused with: %j', async (changes) => {
    const refused = await api.call<Problem>('POST', '/api/v1/plans', planBody(changes));
    expect(refused.status).toBeGreaterThanOrEqual(400);
    const { errors } = await preview(planBody(changes));
    expect(errors).toEqual(refused.body.errors);
  });

  it('of a plan that can be saved has no error, and saving agrees', async () => {
    const found = await preview(planBody());
    expect(found.errors).toEqual([]);
    const saved = await api.call<Plan>('POST', '/api/v1/plans', planBody());
    expect(saved.body).toMatchObject(found.effective);
    expect(found.schedule?.next[0]?.at).toBe(saved.body.nextDueAt);
    const again = await preview(planBody());
    const refused = await api.call<Problem>('POST', '/api/v1/plans', planBody());
    expect(again.errors).toEqual(refused.body.errors);
  });

  it('shows the next five due times by the clocks of the zone, and what their change does', async () => {
    const schedule = { kind: 'cron', cron: '30 2 * * 0', timezone: 'Europe/Berlin' } as const;
    const { schedule: shown } = await preview({ schedule });
    expect(shown?.sentence).toBe('at 02:30, only on Sunday (Europe/Berlin)');
    let due = new Date();
    for (const { at, local } of shown!.next) {
      due = nextDueTime(schedule, due);
      expect(at).toBe(due.toISOString());
      expect(local).toMatch(/^Sun \d{4}-\d\d-\d\d 0[23]:30 \+0[12]:00$/);
    }
    const march = { kind: 'cron', cron: '30 2 28-29 3 *', timezone: 'Europe/Berlin' };
    const notes = (await preview({ schedule: march })).schedule!.next.filter(({ note }) => note !== null);
    for (const { note, local } of notes)
      expect([note, local.slice(15, 20)]).toEqual([expect.stringMatching(/go forward/), '03:30']);
  });

  it('warns that day of month and day of week mean either', async () => {
    const schedule = { kind: 'cron', cron: '0 2 13 * 5' };
    expect((await preview({ schedule })).schedule).toMatchObject({
      sentence: 'at 02:00, on day 13 of the month, or on Friday (UTC)',
      warnings: [expect.stringMatching(/mean either/)],
    });
  });

  it('reads a period, and the schedule of verifications alike', async () => {
    const found = await preview({
      schedule: { kind: 'every', everySeconds: 900 },
      verifySchedule: { kind: 'every', everySeconds: 86_400 },
    });
    expect(found.schedule?.sentence).toBe('every 15 minutes');
    expect(found.verifySchedule).toMatchObject({ sentence: 'every day', warnings: [] });
    expect(found.verifySchedule?.next).toHaveLength(5);
  });

  it('says what each rule does with the files', async () => {
    const sentences = async (afterTransmit: string): Promise<string> =>
      (await preview({ afterTransmit, sourceDir: '/srv/a', backupDir: '/srv/b' })).afterTransmit.join(' ');
    expect(await sentences('keep')).toMatch(/stay in \/srv\/a/);
    expect(await sentences('copy')).toMatch(/copied to \/srv\/b.*never lost/);
    expect(await sentences('move')).toMatch(/moved out of \/srv\/a to \/srv\/b.*accumulates/);
  });

  it('shows the room of the vault, and warns of what keeps nothing from being saved', async () => {
    await api.announceReceiver({ freeBytes: 20 * 2 ** 20, draining: true });
    await api.announceAgent({ seenAt: '2026-11-01T00:00:00.000Z' });
    const found = await preview(planBody({ recoveryPointSeconds: 60, excludes: ['# note', '*.a', '*.a'] }));
    expect(found.errors).toEqual([]);
    expect(found.vault).toEqual({
      ...{ id: VAULT_ID, name: 'vault', freeBytes: 20 * 2 ** 20, totalBytes: 5000, receiversOnline: 1 },
    });
    expect(found.warnings.map(({ path }) => path)).toEqual([
      ...['agentId', 'vaultId', 'vaultId', 'recoveryPointSeconds', 'excludes.0', 'excludes.2'],
    ]);
  });

  it('finds the vault of a receiver named by its address', async () => {
    const found = await preview(
      planBody({ vaultId: undefined, receiver: { host: 'localhost', port: 7400 } }),
    );
    expect(found).toMatchObject({ errors: [], vault: { id: VAULT_ID }, effective: { vaultId: VAULT_ID } });
    expect(found.commands.json).toMatchObject({ vaultId: VAULT_ID });
  });

  it('of changes judges the plan as it would be, and which snapshots would go', async () => {
    const { body: plan } = await api.call<Plan>('POST', '/api/v1/plans', planBody());
    for (const day of ['20', '21', '22'])
      await api.addSnapshot({
        plan_id: `'${plan.id}'`,
        snapshot: `'2026-11-${day}T110500Z'`,
        committed_at: `timestamptz '2026-11-${day}T11:05:09Z'`,
      });
    const retention = { last: 2, minimumAgeSeconds: 0 };
    const found = await preview({ retention, sourceDir: '/srv/other' }, plan.id);
    expect(found).toMatchObject({
      errors: [],
      effective: { sourceDir: '/srv/other', name: 'documents', vaultId: VAULT_ID },
      retention: { goes: { count: 1, oldest: '2026-11-20T110500Z' }, stays: { count: 2 } },
    });
    const trial = await api.call('POST', `/api/v1/plans/${plan.id}/retention/preview`, { retention });
    expect(found.retention).toEqual(trial.body);
    const wrong = { name: 'other' };
    const refused = await api.call<Problem>('PATCH', `/api/v1/plans/${plan.id}`, wrong);
    expect((await preview(wrong, plan.id)).errors).toEqual(refused.body.errors);
  });

  it('of a plan that is not there is a 404', async () => {
    const planId = '7e57ab1e-0000-4000-8000-000000000099';
    expect((await api.call('POST', '/api/v1/plans/preview', { plan: {}, planId })).status).toBe(404);
  });

  it('gives the same plan as a command that can be pasted', async () => {
    const { commands } = await preview(planBody({ name: 'my files', excludes: ["it's"] }));
    expect(commands.json).toEqual({
      ...{ sourceDir: '/srv/documents', vaultId: VAULT_ID, excludes: ["it's"] },
      schedule: { kind: 'every', everySeconds: 3600 },
    });
    expect(commands.curl).toContain(`${api.url}/api/v1/plans/by-name/laptop/my%20files`);
    expect(commands.curl).toContain(String.raw`it'\''s`);
    const put = await api.call('PUT', '/api/v1/plans/by-name/laptop/my%20files', commands.json);
    expect(put.status).toBe(201);
    expect(commands.npmStart).toBeNull();
  });

  it('has words for the whole plan', async () => {
    const retention = { last: 3, daily: 7 };
    const { review } = await preview(planBody({ excludes: ['*.tmp'], retention }));
    expect(review[0]).toBe(
      '/srv/documents of agent "laptop" is backed up to vault "vault" as "documents", every hour.',
    );
    expect(review.join(' ')).toMatch(/Left out is what this matches: \*\.tmp\..*last 3 snapshots.*7 days/);
  });
});
