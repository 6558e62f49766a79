import type { ReceiverPresence } from '@periodic-backup/contracts';
import { chooseReaders } from './choose-readers.js';

const VAULT = '7e57ab1e-0000-4000-8000-000000000001';
const receiver = (receiverId: string, changes: Partial<ReceiverPresence> = {}, online = true) => ({
  online,
  presence: {
    ...{
      receiverId,
      host: receiverId,
      port: 7400,
      vaultId: VAULT,
      vaultName: 'vault',
      layout: 'folders' as const,
    },
    ...{ targetDir: '/v', vaultPublicKey: 'key', activeSessions: 0, maxClients: 10, draining: false },
    ...{ vaultWritable: true, freeBytes: 1, totalBytes: 2, version: '1', startedAt: '', seenAt: '' },
    ...changes,
  },
});
const chosen = (...receivers: ReturnType<typeof receiver>[]): string[] =>
  chooseReaders(VAULT, 'key\n', receivers).map(({ receiverId }) => receiverId);

test('those that stay come before those that drain, then those with the most room', () => {
  expect(
    chosen(
      receiver('draining', { draining: true }),
      receiver('full', { activeSessions: 10 }),
      receiver('half', { activeSessions: 5 }),
      receiver('large', { activeSessions: 20, maxClients: 100 }),
    ),
  ).toEqual(['large', 'half', 'full', 'draining']);
});

test('one that cannot be written to can be read from; silent, foreign and false ones are not asked', () => {
  expect(
    chosen(
      receiver('read-only', { vaultWritable: false }),
      receiver('silent', {}, false),
      receiver('foreign', { vaultId: '7e57ab1e-0000-4000-8000-000000000002' }),
      receiver('false', { vaultPublicKey: 'other' }),
    ),
  ).toEqual(['read-only']);
});
