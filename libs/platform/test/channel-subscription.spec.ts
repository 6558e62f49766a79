import { startRedis, until } from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { ChannelSubscription } from '../src/index.js';

test('a server that goes silent without closing anything is noticed, and the gap is told when it is back', async () => {
  const server = await startRedis();
  const redis = new Redis(server.url, { socketTimeout: 300 });
  const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
  const log: string[] = [];
  const messages: string[] = [];
  let gaps = 0;
  const subscription = new ChannelSubscription(
    redis,
    { channels: ['channel'] },
    { onMessage: (text) => messages.push(text), onGap: () => gaps++ },
    pino(
      { level: 'debug' },
      new Writable({ write: (chunk: Buffer, _encoding, done) => (log.push(`${chunk}`), done()) }),
    ),
    100,
  );
  try {
    await until(async () => (await redis.publish('channel', 'before')) > 0, { what: 'the subscription' });
    process.kill(pid, 'SIGSTOP');
    try {
      await until(() => log.some((line) => line.includes('Socket timeout')), {
        what: 'the silence to be noticed',
      });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await until(() => gaps > 0, { what: 'the gap to be told' });
    await redis.publish('channel', 'after');
    await until(() => messages.includes('after'), { what: 'a message after the gap' });
  } finally {
    subscription.close();
    redis.disconnect();
    await server.stop();
  }
});
