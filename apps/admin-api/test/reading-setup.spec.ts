import { generateKeyPairSync } from 'node:crypto';
import type { Problem } from '@periodic-backup/contracts';
import { ConfigError } from '@periodic-backup/platform';
import { temporaryDirectory } from '@periodic-backup/testing';
import { loadAdminApiConfig } from '../src/index.js';
import { TestApi, startServers, type Servers } from './test-api.js';
import { ticketedServer } from './ticketed-server.js';
import { MANIFEST_DIGEST, TreeSnapshots } from './tree-snapshots.js';

let servers: Servers;
beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => servers.stop());

/** What an API that was set up like this says of a snapshot's root. */
async function answerOf(variables: NodeJS.ProcessEnv): Promise<{ status: number; detail: string }> {
  const { publicKey } = generateKeyPairSync('ed25519');
  const { receiver } = await ticketedServer(new TreeSnapshots(), () => publicKey);
  const api = await TestApi.start(servers, variables);
  try {
    await api.announceReceiver({ port: receiver.port });
    const id = await api.addSnapshot({ manifest_digest: `'${MANIFEST_DIGEST}'` });
    const { status, body } = await api.call<Problem>('GET', `/api/v1/snapshots/${id}/entries`);
    return { status, detail: body.detail };
  } finally {
    await api.clear();
    await api.close();
    await receiver.close();
  }
}

test('one half of the ticket key without the other is no configuration', () => {
  const half = { DATABASE_URL: 'postgres://u@localhost/d', TICKET_PRIVATE_KEY_FILE: '/keys/ticket.key' };
  expect(() => loadAdminApiConfig(half)).toThrow(ConfigError);
  expect(() => loadAdminApiConfig(half)).toThrow(/TICKET_PUBLIC_KEY_FILE go together/);
});

test('an API without the key of tickets says what to set', async () => {
  const { status, detail } = await answerOf({});
  expect([status, detail]).toEqual([501, expect.stringContaining('set TICKET_PRIVATE_KEY_FILE')]);
});

test('an API with another key than the scheduler says so', async () => {
  const directory = await temporaryDirectory();
  const { status, detail } = await answerOf({
    TICKET_PRIVATE_KEY_FILE: `${directory.path}/ticket.key`,
    TICKET_PUBLIC_KEY_FILE: `${directory.path}/ticket.pub`,
  });
  await directory.remove();
  expect([status, detail]).toEqual([503, expect.stringContaining('must be that of the scheduler')]);
});
