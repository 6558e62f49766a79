import { randomUUID } from 'node:crypto';
import type { Plan, Problem } from '@periodic-backup/contracts';
import { TestApi, VAULT_ID, planBody, startServers, type Servers } from './test-api.js';

let servers: Servers;
let api: TestApi;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
});
beforeEach(async () => {
  await api.announceAgent();
  await api.announceReceiver({ host: '10.0.0.5', port: 7400 });
});
afterEach(() => api.clear());
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const body = (receiver: unknown): Record<string, unknown> => planBody({ vaultId: undefined, receiver });
const add = (receiver: unknown) => api.call<Plan & Problem>('POST', '/api/v1/plans', body(receiver));

describe('a plan whose destination is named by host and port', () => {
  it('goes to the vault of the receiver that announces them', async () => {
    const { status, body: plan } = await add({ host: '10.0.0.5', port: 7400 });
    expect([status, plan.vaultId]).toEqual([201, VAULT_ID]);
    expect(plan).not.toHaveProperty('receiver');
  });

  it('may be put by name in the same way', async () => {
    const { name: _name, agentId: _agent, ...rest } = body({ host: '10.0.0.5', port: 7400 });
    const put = await api.call<Plan>('PUT', '/api/v1/plans/by-name/laptop/documents', rest);
    expect([put.status, put.body.vaultId]).toEqual([201, VAULT_ID]);
  });

  it.each([
    ['localhost', '127.0.0.1'],
    ['[::1]', '127.0.0.1'],
    ['Attic.local', 'attic.LOCAL'],
    ['[fe80::1]', 'fe80::1'],
  ])('finds %s as %s', async (asked, announced) => {
    await api.announceReceiver({ receiverId: 'other', host: announced, port: 7401 });
    expect((await add({ host: asked, port: 7401 })).status).toBe(201);
  });

  it('is told which ones there are when nobody announces them', async () => {
    const { status, body: problem } = await add({ host: '10.0.0.5', port: 7499 });
    expect(status).toBe(422);
    expect(problem.errors).toEqual([
      {
        path: 'receiver',
        message: expect.stringMatching(/10\.0\.0\.5:7499.*Known are 10\.0\.0\.5:7400 \(vault\)/),
      },
    ]);
  });

  it('prefers who is there to who was', async () => {
    const gone = { receiverId: 'gone', vaultId: randomUUID(), seenAt: '2026-11-01T00:00:00.000Z' };
    await api.announceReceiver({ host: '10.0.0.5', port: 7400, ...gone });
    expect((await add({ host: '10.0.0.5', port: 7400 })).body.vaultId).toBe(VAULT_ID);
  });

  it('must not be ambiguous', async () => {
    await api.announceReceiver({ receiverId: 'b', host: '10.0.0.5', port: 7400, vaultId: randomUUID() });
    expect((await add({ host: '10.0.0.5', port: 7400 })).body.errors).toEqual([
      { path: 'receiver', message: expect.stringMatching(/several vaults/) },
    ]);
  });

  it.each([
    ['both', { host: '10.0.0.5', port: 7400 }, VAULT_ID, 'receiver', /exclude each other/],
    ['neither', undefined, undefined, 'vaultId', /is missing.*host and port/],
    ['no port', { host: '10.0.0.5' }, undefined, 'receiver.port', /must be a port/],
    ['a port that is none', { host: 'a', port: 70_000 }, undefined, 'receiver.port', /65535/],
  ])('is refused with %s', async (_, receiver, vaultId, path, message) => {
    const answer = await api.call<Problem>('POST', '/api/v1/plans', planBody({ vaultId, receiver }));
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual({ path, message: expect.stringMatching(message) as string });
  });
});
