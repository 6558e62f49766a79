import { randomUUID } from 'node:crypto';
import { TICKS, nextDueTime } from '@periodic-backup/contracts';
import type { PlanTerms } from '@periodic-backup/ledger';
import { connectRedis, openQueue, redisReady, type RedisClient } from '@periodic-backup/platform';
import { startRedis, type TestServer } from '@periodic-backup/testing';
import type { Queue } from 'bullmq';
import { TriggerWatch } from '../src/ticks/trigger-watch.js';
import { logger } from './test-bed.js';

let server: TestServer;
let redis: RedisClient;
let queue: Queue;
beforeAll(async () => {
  server = await startRedis();
  redis = connectRedis(server.url, 'producer', logger);
  await redisReady(redis, 5000);
  queue = openQueue(TICKS, redis, logger);
});
afterEach(() => redis.flushall());
afterAll(async () => {
  await queue.close();
  redis.disconnect();
  await server.stop();
});

const plan = (everySeconds = 3600): PlanTerms => ({
  id: randomUUID(),
  paused: false,
  verified: false,
  schedule: JSON.stringify({ kind: 'every', everySeconds }),
  fingerprint: '',
});

async function setTrigger({ id }: PlanTerms, everySeconds = 3600): Promise<void> {
  const startDate = nextDueTime({ kind: 'every', everySeconds }, new Date());
  await queue.upsertJobScheduler(id, { every: everySeconds * 1000, startDate });
}

test('what is missing, stuck, wrong or not wanted is doubtful, the rest is not', async () => {
  const [missing, stuck, wrong, paused, good] = [plan(), plan(), plan(), { ...plan(), paused: true }, plan()];
  const deleted = plan();
  for (const each of [stuck, paused, good, deleted]) await setTrigger(each);
  await setTrigger(wrong, 60);
  await redis.zadd(queue.toKey('repeat'), Date.now() - 60_000, stuck.id);
  const watch = new TriggerWatch(queue, redis, 30_000);
  const doubtful = await watch.doubtful([missing, stuck, wrong, paused, good]);
  expect(doubtful.sort()).toEqual([missing, stuck, wrong, paused, deleted].map(({ id }) => id).sort());
});

test('a schedule that changes makes its trigger doubtful at once', async () => {
  const before = plan();
  await setTrigger(before);
  const watch = new TriggerWatch(queue, redis, 30_000);
  expect(await watch.doubtful([before])).toEqual([]);
  expect(await watch.doubtful([{ ...before, schedule: plan(60).schedule }])).toEqual([before.id]);
});

test('a trigger that somebody spoils is found in time although its plan stays as it is', async () => {
  const plans = Array.from({ length: 3 }, () => plan());
  for (const each of plans) await setTrigger(each);
  const watch = new TriggerWatch(queue, redis, 30_000);
  expect(await watch.doubtful(plans)).toEqual([]);
  await setTrigger(plans[1]!, 60);
  const found = new Set<string>();
  for (let look = 0; look < 180; look++) for (const id of await watch.doubtful(plans)) found.add(id);
  expect([...found]).toEqual([plans[1]!.id]);
});

test('thousands of triggers are read together', async () => {
  const plans = Array.from({ length: 700 }, () => plan());
  await Promise.all(plans.map((each) => setTrigger(each)));
  const last = plans.at(-1)!;
  await setTrigger(last, 60);
  expect(await new TriggerWatch(queue, redis, 30_000).doubtful(plans)).toEqual([last.id]);
});
