import type { ReceiverPresence } from '@periodic-backup/contracts';
import { chooseReaders } from './choose-readers.js';

const VAULT = 'vault-1';

function receiver(
  receiverId: string,
  fields: Partial<ReceiverPresence> = {},
  { online = true, trusted = true } = {},
) {
  const presence: ReceiverPresence = {
    receiverId,
    host: 'localhost',
    port: 7400,
    vaultId: VAULT,
    vaultName: 'cellar',
    layout: 'folders',
    targetDir: '/backups',
    vaultPublicKey: 'pem',
    activeSessions: 0,
    maxClients: 10,
    draining: false,
    vaultWritable: true,
    freeBytes: 1,
    totalBytes: 2,
    version: '1',
    startedAt: '',
    seenAt: '',
    ...fields,
  };
  return { presence, online, trusted };
}

function chosen(...receivers: ReturnType<typeof receiver>[]): string[] | string {
  const choice = chooseReaders('run-1', VAULT, receivers);
  return 'waitsFor' in choice ? choice.waitsFor : choice.receivers.map(({ receiverId }) => receiverId);
}

test('the least busy comes first; those that drain or cannot write are asked last, but asked', () => {
  expect(
    chosen(
      receiver('draining', { draining: true }),
      receiver('full', { vaultWritable: false, activeSessions: 1 }),
      receiver('busy', { activeSessions: 9 }),
      receiver('free'),
    ),
  ).toEqual(['free', 'busy', 'draining', 'full']);
  expect(chosen(receiver('draining', { draining: true }))).toEqual(['draining']);
});

test('what is missing is said', () => {
  expect(chosen(receiver('away', {}, { online: false }), receiver('other', { vaultId: 'vault-2' }))).toBe(
    'No receiver of vault "cellar" is alive.',
  );
  expect(chosen(receiver('impostor', {}, { trusted: false }))).toMatch(/has the key that was pinned/);
});
