import type { AgentPresence, ReceiverPresence } from '@periodic-backup/contracts';
import { chooseOffers, type Surroundings } from './choose-offers.js';

const plan = { id: 'p1', agentId: 'laptop', vaultId: 'v1' };
const agent = { presence: {} as AgentPresence, online: true };
const receiver = (
  receiverId: string,
  fields: Partial<ReceiverPresence> = {},
  { online = true, trusted = true } = {},
): Surroundings['receivers'][number] => ({
  presence: {
    receiverId,
    host: 'h',
    port: 1,
    vaultId: 'v1',
    vaultName: 'cellar',
    activeSessions: 0,
    maxClients: 2,
    draining: false,
    vaultWritable: true,
    ...fields,
  } as ReceiverPresence,
  online,
  trusted,
});

test('receivers come in the order of their load, full ones last', () => {
  const receivers = [
    receiver('full', { activeSessions: 2 }),
    receiver('half', { activeSessions: 1 }),
    receiver('free'),
    receiver('over', { activeSessions: 3 }),
    receiver('elsewhere', { vaultId: 'v2' }),
  ];
  const choice = chooseOffers(plan, { agent, receivers });
  expect('receivers' in choice && choice.receivers.map(({ receiverId }) => receiverId)).toEqual([
    'free',
    'half',
    'full',
    'over',
  ]);
});

test('of many receivers the best five are offered', () => {
  const receivers = Array.from({ length: 20 }, (_, n) =>
    receiver(`r${n}`, { activeSessions: n, maxClients: 20 }),
  );
  const choice = chooseOffers(plan, { agent, receivers });
  expect('receivers' in choice && choice.receivers.map(({ receiverId }) => receiverId)).toEqual([
    'r0',
    'r1',
    'r2',
    'r3',
    'r4',
  ]);
});

test('plans that start together do not all dial the same of equal receivers', () => {
  const receivers = ['a', 'b', 'c', 'd'].map((id) => receiver(id));
  const firsts = new Map<string, number>();
  for (let n = 0; n < 400; n++) {
    const choice = chooseOffers({ ...plan, id: `p${n}` }, { agent, receivers });
    const first = 'receivers' in choice ? (choice.receivers[0]?.receiverId ?? '') : '';
    firsts.set(first, (firsts.get(first) ?? 0) + 1);
  }
  expect(firsts.size).toBe(4);
  expect(Math.min(...firsts.values())).toBeGreaterThan(50);
});

test.each<[string, Surroundings]>([
  ['Agent "laptop" is not online.', { agent: null, receivers: [receiver('a')] }],
  ['Agent "laptop" is not online.', { agent: { ...agent, online: false }, receivers: [receiver('a')] }],
  ['No receiver of vault "v1" is alive.', { agent, receivers: [receiver('a', { vaultId: 'v2' })] }],
  ['No receiver of vault "cellar" is alive.', { agent, receivers: [receiver('a', {}, { online: false })] }],
  [
    'No receiver of vault "cellar" has the key that was pinned for it at first sight.',
    { agent, receivers: [receiver('a', {}, { trusted: false })] },
  ],
  [
    'Every receiver of vault "cellar" is draining or shutting down.',
    { agent, receivers: [receiver('a', { draining: true })] },
  ],
  [
    'No receiver of vault "cellar" can write to its target directory.',
    { agent, receivers: [receiver('a', { vaultWritable: false })] },
  ],
])('%s', (waitsFor, surroundings) => {
  expect(chooseOffers(plan, surroundings)).toEqual({ waitsFor });
});
