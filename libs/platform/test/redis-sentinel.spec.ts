import { RECEIVERS_KEY, agentQueue } from '@periodic-backup/contracts';
import { startRedisSentinel, until, type TestSentinel } from '@periodic-backup/testing';
import { RedisParty } from './redis-party.js';

let sentinel: TestSentinel;
let party: RedisParty;
beforeAll(async () => {
  sentinel = await startRedisSentinel();
  party = await RedisParty.open(sentinel.url);
});
afterAll(async () => {
  await party.close();
  await sentinel.stop();
});

test('jobs, presence and live messages go through the master that the sentinels name', async () => {
  expect(await party.sendJob(agentQueue('a'), 'hello')).toBe('hello');
  expect(await party.announce(RECEIVERS_KEY, 'agent-1')).toEqual(['agent-1']);
  await party.listen();
  await party.producer.publish('channel', 'news');
  await until(() => party.messages.includes('news'), { what: 'the message' });
});

test('after a failover a job that was added before arrives, and all else goes on at the new master', async () => {
  await party.holdJobs(agentQueue('a'));
  await party.addJob(agentQueue('a'), 'added before');
  await sentinel.replicated();
  await sentinel.master.kill();
  await until(
    async () => (await party.producer.info('server')).includes(`tcp_port:${sentinel.replica.port}`),
    {
      ...{ deadlineMs: 20_000, what: 'the replica to be the master' },
    },
  );
  await party.releaseJobs(agentQueue('a'));
  expect(await party.jobArrived(agentQueue('a'), 'added before')).toBe('added before');
  expect(await party.sendJob(agentQueue('a'), 'added after')).toBe('added after');
  expect(await party.announce(RECEIVERS_KEY, 'agent-1')).toEqual(['agent-1']);
  await until(
    async () => {
      await party.producer.publish('channel', 'after');
      return party.messages.includes('after');
    },
    { what: 'a message after the failover' },
  );
  expect(party.gaps).toBeGreaterThan(0);
});
