import { randomUUID } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { LIVE_CHANNEL, type LiveEvent } from '@periodic-backup/contracts';
import { until } from '@periodic-backup/testing';
import { EventStream } from './event-stream.js';
import { TestApi, startServers, type Servers } from './test-api.js';

let servers: Servers;
let api: TestApi;
const streams: EventStream[] = [];
const sockets: Socket[] = [];
beforeAll(async () => {
  servers = await startServers();
  api = await TestApi.start(servers);
});
afterEach(() => {
  streams.splice(0).forEach((stream) => stream.close());
  sockets.splice(0).forEach((socket) => socket.destroy());
});
afterAll(async () => {
  await api.close();
  await servers.stop();
});

const open = async (query = '', headers: Record<string, string> = {}): Promise<EventStream> => {
  const stream = await EventStream.open(`${api.url}/api/v1/events${query}`, headers);
  streams.push(stream);
  return stream;
};

const changed = (ids: { runId?: string; planId?: string } = {}): LiveEvent => ({
  type: 'run',
  runId: randomUUID(),
  planId: randomUUID(),
  state: 'running',
  reason: null,
  ...ids,
});

const publish = (event: unknown): Promise<number> => api.redis.publish(LIVE_CHANNEL, JSON.stringify(event));

test('events come as they are published, with ids, a retry and no buffering', async () => {
  const stream = await open();
  expect(stream.response.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'x-accel-buffering': 'no',
    'cache-control': expect.stringContaining('no-cache') as string,
  });
  expect(stream.events[0]).toMatchObject({ retry: '2000', id: expect.any(String) as string });
  const event = changed();
  await publish(event);
  await until(() => stream.ofType('run').length === 1);
  expect(stream.ofType('run')[0]).toMatchObject({
    data: event,
    id: expect.stringMatching(/-\d+$/) as string,
  });
});

test('a client hears at once that the stream lives, and what time it is there', async () => {
  const stream = await open();
  await until(() => stream.ofType('alive').length === 1);
  const { at } = stream.ofType('alive')[0]!.data as unknown as { at: string };
  expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(5000);
});

test('what does not fit the schema is not passed on', async () => {
  const stream = await open();
  await publish({ type: 'run', runId: 'x' });
  await api.redis.publish(LIVE_CHANNEL, 'no JSON');
  await publish(changed());
  await until(() => stream.ofType('run').length === 1);
  expect(stream.events.filter(({ data, event }) => data !== undefined && event !== 'alive')).toHaveLength(1);
});

test('a client sees only the plan or the run it asked for', async () => {
  const event = changed();
  const [byPlan, byRun] = await Promise.all([
    open(`?planId=${event.planId}`),
    open(`?runId=${event.runId}&planId=${event.planId}`),
  ]);
  await publish(changed());
  await publish(changed({ planId: event.planId }));
  await publish(event);
  await until(() => byPlan.ofType('run').length === 2 && byRun.ofType('run').length === 1);
  expect(byRun.ofType('run')[0]!.data).toEqual(event);
  expect((await api.call('GET', '/api/v1/events?planId=x')).status).toBe(400);
});

test('many clients share one subscription', async () => {
  const clients = await Promise.all(Array.from({ length: 20 }, () => open()));
  expect(await api.redis.pubsub('NUMSUB', LIVE_CHANNEL)).toEqual([LIVE_CHANNEL, 1]);
  await publish(changed());
  await until(() => clients.every((client) => client.ofType('run').length === 1));
});

test('a client that comes back continues after the last id it saw', async () => {
  const first = await open();
  await publish(changed());
  await until(() => first.ofType('run').length === 1);
  first.close();
  const [second, third] = [changed(), changed()];
  await publish(second);
  await publish(third);
  const again = await open('', { 'last-event-id': first.ofType('run')[0]!.id! });
  await until(() => again.ofType('run').length === 2);
  expect(again.ofType('run').map(({ data }) => data)).toEqual([second, third]);
});

test('a client that comes back to another process is told to read everything again', async () => {
  const stream = await open('', { 'last-event-id': 'deadbeef-7' });
  await until(() => stream.ofType('resync').length === 1);
});

test('a client that does not read is dropped, the others are not', async () => {
  const { hostname, port } = new URL(api.url);
  const stuck = connect(Number(port), hostname);
  sockets.push(stuck);
  stuck.on('error', () => undefined);
  await once(stuck, 'connect');
  stuck.pause();
  stuck.write(`GET /api/v1/events HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
  const healthy = await open();
  const before = await connections();
  // Socket buffers of the kernel take some megabytes before anything waits here.
  const text = 'x'.repeat(50_000);
  let published = 0;
  await until(
    async () => {
      for (let n = 0; n < 20; n++, published++) await publish({ ...changed(), reason: text });
      return (await connections()) < before;
    },
    { deadlineMs: 20_000, what: 'the client to be dropped' },
  );
  await until(() => healthy.receivedBytes > published * text.length * 0.99, { what: 'the healthy client' });
  expect(healthy.ended).toBe(false);
});

test('after Redis was away clients are told that they may have missed something', async () => {
  const stream = await open();
  await servers.redis.kill();
  await servers.redis.restart();
  await until(() => stream.ofType('resync').length === 1, { what: 'resync' });
  await until(async () => (await publish(changed())) === 1, { what: 'the subscription' });
  await until(() => stream.ofType('run').length >= 1);
});

test('stopping the service ends every stream', async () => {
  const other = await TestApi.start(servers);
  const stream = await EventStream.open(`${other.url}/api/v1/events`);
  await other.close();
  await until(() => stream.ended, { what: 'the end of the stream' });
  expect(stream.response.complete).toBe(true);
});

test('stopping the service does not wait for a client that never finishes its request', async () => {
  const other = await TestApi.start(servers);
  const { hostname, port } = new URL(other.url);
  const slow = connect(Number(port), hostname);
  sockets.push(slow);
  slow.on('error', () => undefined);
  slow.write(
    `POST /api/v1/plans HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{`,
  );
  await once(slow, 'connect');
  expect((await other.call('GET', '/livez')).status).toBe(200);
  const started = performance.now();
  await other.close();
  expect(performance.now() - started).toBeLessThan(15_000);
});

/** Event streams that the API holds open, as the figures of the process know them. */
async function connections(): Promise<number> {
  const { body } = await api.call<string>('GET', '/metrics');
  return Number(/^pbk_event_clients\S* (\d+)/m.exec(body)?.[1]);
}
