import { RECEIVERS_KEY, RUN_EVENTS, TICKS, agentQueue } from '@periodic-backup/contracts';
import { startRedisCluster, until, type TestCluster } from '@periodic-backup/testing';
import { Cluster } from 'ioredis';
import { ChannelSubscription, connectRedis, openQueue } from '../src/index.js';
import { RedisParty, logger } from './redis-party.js';

let cluster: TestCluster;
let party: RedisParty;
beforeAll(async () => {
  cluster = await startRedisCluster();
});
beforeEach(async () => {
  party = await RedisParty.open(cluster.url);
});
afterEach(() => party.close());
afterAll(() => cluster.stop());

test('jobs of several queues go through, each queue within one slot, the queues over several nodes', async () => {
  const names = [TICKS, RUN_EVENTS, ...['a', 'b', 'c', 'd'].map(agentQueue)];
  const sent = names.map((name) => party.sendJob(name, `for ${name}`));
  expect(await Promise.all(sent)).toEqual(names.map((name) => `for ${name}`));
  const keys = (
    await Promise.all((party.worker as Cluster).nodes('master').map((node) => node.keys('*')))
  ).flat();
  const slotsOf = async (name: string): Promise<Set<number>> => {
    const own = keys.filter((key) => key.startsWith(`pbk:{${name}}:`));
    return new Set(await Promise.all(own.map((key) => party.worker.cluster('KEYSLOT', key))));
  };
  const slots = await Promise.all(names.map(slotsOf));
  expect(slots.map((found) => found.size)).toEqual(names.map(() => 1));
  expect(new Set(slots.flatMap((found) => [...found].map((slot) => slot % 3))).size).toBeGreaterThan(1);
});

test('job schedulers and jobs added in bulk work within their slot', async () => {
  const queue = openQueue(TICKS, party.producer, logger);
  await queue.upsertJobScheduler('plan', { every: 3_600_000 }, { name: 'tick', data: {} });
  expect((await queue.getJobSchedulers()).map(({ key }) => key)).toEqual(['plan']);
  await queue.removeJobScheduler('plan');
  await queue.addBulk([1, 2].map((n) => ({ name: 'bulk', data: { n } })));
  expect((await queue.getJobs(['waiting'])).length).toBeGreaterThanOrEqual(2);
  await queue.obliterate({ force: true });
  await queue.close();
});

test('presence is announced and read', async () => {
  expect(await party.announce(RECEIVERS_KEY, 'agent-1')).toEqual(['agent-1']);
});

test('a live message arrives whichever node it was published at', async () => {
  await party.listen();
  const nodes = (party.producer as Cluster).nodes('master');
  expect(nodes).toHaveLength(3);
  for (const [index, node] of nodes.entries()) await node.publish('channel', `from ${index}`);
  await until(() => party.messages.length === 3, { what: 'three messages' });
  expect([...party.messages].sort()).toEqual(['from 0', 'from 1', 'from 2']);
});

test('after a node was killed and came back, its jobs go through and a listener is told of the gap', async () => {
  await party.listen();
  const queues = ['a', 'b', 'c', 'd', 'e', 'f'].map(agentQueue);
  await Promise.all(queues.map((name) => party.sendJob(name, 'before')));
  // One after the other: whichever node a queue or the subscription lives at, it was gone once.
  for (const node of cluster.nodes) {
    await node.kill();
    await node.restart();
  }
  const sent = queues.map((name) => party.sendJob(name, 'after'));
  expect(await Promise.all(sent)).toEqual(queues.map(() => 'after'));
  await until(() => party.gaps > 0, { what: 'the gap to be told' });
  await until(
    async () => {
      await party.producer.publish('channel', 'after');
      return party.messages.includes('after');
    },
    { what: 'a message after the gap' },
  );
});

test('a subscription that is closed leaves no connection behind', async () => {
  const redis = connectRedis(cluster.url, 'worker', logger);
  await redis.ping();
  const subscription = new ChannelSubscription(
    redis,
    { channels: ['closed'] },
    { onMessage() {}, onGap() {} },
    logger,
  );
  const subscribers = async () => ((await redis.pubsub('NUMSUB', 'closed')) as [string, number])[1];
  await until(async () => (await subscribers()) > 0, { what: 'a subscription at the node that is asked' });
  subscription.close();
  await until(
    async () =>
      (await Promise.all((redis as Cluster).nodes().map((node) => node.pubsub('NUMSUB', 'closed')))).every(
        (answer) => (answer as [string, number])[1] === 0,
      ),
    { what: 'the subscription to be gone everywhere' },
  );
  redis.disconnect();
});
