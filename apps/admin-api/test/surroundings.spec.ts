import { randomUUID } from 'node:crypto';
import {
  RECEIVER_SETTINGS_KEY,
  type AgentView,
  type ReceiverView,
  type SnapshotView,
  type VaultView,
} from '@periodic-backup/contracts';
import { upsertAgents } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { TestApi, VAULT_ID, startServers, type Servers } from './test-api.js';

interface Page<T> {
  readonly items: T[];
  readonly nextCursor: string | null;
}

let servers: Servers;
let api: TestApi;
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
});
afterEach(() => api.clear());
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const list = async <T>(path: string): Promise<T[]> => (await api.call<Page<T>>('GET', path)).body.items;

test('agents are those seen ever, with what they announce now', async () => {
  await upsertAgents(api.connection.ledger, [
    { id: 'old', hostname: 'h', version: '0', seenAt: new Date('2026-01-01') },
  ]);
  await api.announceAgent();
  await api.announceAgent({ agentId: 'silent', seenAt: new Date(Date.now() - 60_000).toISOString() });
  expect(await list<AgentView>('/api/v1/agents')).toMatchObject([
    { agentId: 'laptop', online: true, allowedDirs: ['/srv'] },
    { agentId: 'old', online: false, seenAt: '2026-01-01T00:00:00.000Z' },
    { agentId: 'silent', online: false },
  ]);
});

test('receivers are shown without the key of their vault', async () => {
  await api.announceReceiver();
  const [receiver] = await list<ReceiverView>('/api/v1/receivers');
  expect(receiver).toMatchObject({ receiverId: 'attic', online: true, maxClients: 10 });
  expect(receiver).not.toHaveProperty('vaultPublicKey');
});

test('the most clients of a receiver are set for good: also after Redis was wiped', async () => {
  await api.announceReceiver();
  const answer = await api.call('PATCH', '/api/v1/receivers/attic', { maxClients: 3 });
  expect([answer.status, answer.body]).toMatchObject([200, { receiverId: 'attic', maxClients: 3 }]);
  const stored = (): Promise<string | null> => api.redis.hget(RECEIVER_SETTINGS_KEY, 'attic');
  expect(await stored()).toBe('{"maxClients":3,"draining":false}');
  await api.redis.flushall();
  await until(async () => (await stored()) === '{"maxClients":3,"draining":false}', {
    what: 'the settings to come back',
  });
});

test.each([[{ maxClients: 0 }], [{ maxClients: 1.5 }], [{}], [{ maxClients: 1, more: 1 }]])(
  'receiver settings %j are refused',
  async (body) => {
    await api.announceReceiver();
    expect((await api.call('PATCH', '/api/v1/receivers/attic', body)).status).toBe(400);
  },
);

test('a receiver that nobody knows is not there', async () => {
  expect((await api.call('PATCH', '/api/v1/receivers/ghost', { maxClients: 1 })).status).toBe(404);
});

test('vaults have their snapshots counted and their receivers, also before the scheduler recorded them', async () => {
  const known = randomUUID();
  await api.connection.ledger.execute(
    `insert into vaults (id, name, layout, public_key) values ('${known}', 'old', 'folders', 'pem')`,
  );
  await addSnapshots(known, 2);
  await api.announceReceiver();
  await api.announceReceiver({ receiverId: 'second' });
  expect(await list<VaultView>('/api/v1/vaults')).toMatchObject([
    { id: known, name: 'old', snapshots: 2, receiversOnline: 0, freeBytes: null },
    { id: VAULT_ID, name: 'vault', snapshots: 0, receiversOnline: 2, freeBytes: 1000 },
  ]);
});

test('snapshots come newest first, page by page, of one plan if wanted', async () => {
  const planId = await addSnapshots(randomUUID(), 3);
  await addSnapshots(randomUUID(), 1);
  const path = `/api/v1/snapshots?planId=${planId}&limit=2`;
  const first = (await api.call<Page<SnapshotView>>('GET', path)).body;
  const second = (await api.call<Page<SnapshotView>>('GET', `${path}&cursor=${first.nextCursor}`)).body;
  const times = [...first.items, ...second.items].map(({ committedAt }) => committedAt.slice(14, 16));
  expect(times).toEqual(['03', '02', '01']);
  expect(await list('/api/v1/snapshots')).toHaveLength(4);
  expect((await api.call('GET', '/api/v1/snapshots?planId=x')).status).toBe(400);
});

async function addSnapshots(vaultId: string, count: number): Promise<string> {
  const planId = randomUUID();
  await api.connection.ledger.execute(
    `insert into snapshots (id, plan_id, vault_id, run_id, snapshot, manifest_digest, counts, committed_at,
       agent_id, agent_folder, plan_folder)
     select gen_random_uuid(), '${planId}', '${vaultId}', gen_random_uuid(), '2026-11-22T100000Z', 'd', '{}',
       timestamptz '2026-11-22T10:00:00Z' + n * interval '1 minute', 'laptop', 'laptop', 'documents' from generate_series(1, ${count}) n`,
  );
  return planId;
}
