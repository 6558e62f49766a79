import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  LiveEvent,
  RUN_EVENTS,
  SignedReport,
  agentCancelQueue,
  agentLiveChannel,
  agentQueue,
  digestOrder,
  signTicket,
  type CancelJob,
  type RunEvent,
  type RunJob,
} from '@periodic-backup/contracts';
import {
  closeWorker,
  connectRedis,
  consume,
  createLogger,
  loadConfig,
  openQueue,
  readAgents,
} from '@periodic-backup/platform';
import { TestMembers, startRedis, until, type TestServer } from '@periodic-backup/testing';
import { AgentProcess } from './agent-process.js';
import { AgentConfig } from './agent.config.js';
import { composeAgent } from './compose-agent.js';
import { doTask } from './run/do-task.js';
import { RestoreScene } from './testing/restore-scene.js';
import { openScene, type Scene } from './testing/scene.js';

const AGENT = 'test-agent';
const logger = createLogger('test', 'fatal');
const members = new TestMembers();
let redis: TestServer;
let scene: Scene;
let agent: AgentProcess;
let events: RunEvent[];
let closers: (() => Promise<unknown> | void)[];

beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

beforeEach(async () => {
  scene = await openScene();
  writeFileSync(join(scene.agent.source, 'a'), 'hello');
  events = [];
  closers = [];
  const connection = connectRedis(redis.url, 'worker', logger);
  await connection.flushall();
  const reader = consume(
    RUN_EVENTS,
    SignedReport,
    ({ report }) => Promise.resolve(void events.push(report)),
    {
      ...{ connection, logger },
    },
  );
  closers.push(
    () => closeWorker(reader, 1000),
    () => connection.disconnect(),
  );
  agent = newAgent();
  await agent.onApplicationBootstrap();
  await until(() => events.some(({ type }) => type === 'agent-started'), { what: 'the agent to start' });
});

afterEach(async () => {
  await agent.onApplicationShutdown();
  for (const close of closers) await close();
  await scene.close();
});

function newAgent(): AgentProcess {
  const config = loadConfig(AgentConfig, {
    ...{ AGENT_ID: AGENT, ALLOWED_DIRS: scene.agent.source, STATE_DIR: join(scene.root, 'state') },
    ...{ REDIS_URL: redis.url, TICKET_PUBLIC_KEY_FILE: scene.agent.context.ticketKeyFile },
    CREDENTIALS_DIR: members.writeCredentials(
      join(scene.root, 'credentials'),
      { role: 'agent', id: AGENT },
      { ticketPublicKey: readFileSync(scene.agent.context.ticketKeyFile, 'utf8'), redisUrl: null },
    ),
  });
  return new AgentProcess(
    composeAgent(config, logger, {
      execute: (task, listener, cancel) => doTask(task, scene.agent.context, listener, cancel),
      open: () => undefined,
      close: () => Promise.resolve(),
    }),
  );
}

async function put(queueName: string, data: object): Promise<void> {
  const connection = connectRedis(redis.url, 'worker', logger);
  const queue = openQueue(queueName, connection, logger);
  await queue.add('job', data);
  await queue.close();
  connection.disconnect();
}

const ended = () =>
  until(() => events.find((event) => event.type === 'ended'), { what: 'the end of the run' });
const job = (): RunJob => scene.agent.job(scene.agent.order(), scene.receiver.offer);

function cancel(runId: string, to = `agent/${AGENT}`): CancelJob {
  const nbf = Math.floor(Date.now() / 1000);
  const claims = { v: 1 as const, verb: 'cancel' as const, to, runId, nbf, exp: nbf + 60 };
  return { runId, ticket: signTicket(claims, scene.agent.keys.privateKey) };
}

const refusals = () => events.flatMap((event) => (event.type === 'refused' ? [event] : []));

describe('what nobody of ours has signed', () => {
  it.each([
    ['whose order was changed', (job: RunJob) => ({ ...job, order: { ...job.order, excludes: ['*'] } })],
    [
      'that names other receivers',
      (job: RunJob) => ({ ...job, receivers: [{ ...job.receivers[0]!, host: '192.0.2.1' }] }),
    ],
    ['with a ticket of somebody else', (job: RunJob) => ({ ...job, ticket: forgedTicket(job) })],
  ])('a job %s has no effect but a note, and its run goes on when the real one comes', async (_, forge) => {
    const real = scene.agent.signed(scene.agent.order(), scene.receiver.offer);
    await put(agentQueue(AGENT), forge(real));
    await until(() => refusals().length > 0, { what: 'the note' });
    expect(refusals()).toMatchObject([{ what: 'job', by: AGENT, runId: real.order.runId }]);
    expect(events.map(({ type }) => type)).toEqual(['agent-started', 'refused']);
    await put(agentQueue(AGENT), real);
    expect(await ended()).toMatchObject({ runId: real.order.runId, error: null });
  });

  it.each([
    ['for another agent', (runId: string) => cancel(runId, 'agent/other')],
    ['for another run', (runId: string) => ({ ...cancel(randomUUID()), runId })],
    ['without a signature', (runId: string) => ({ runId, ticket: 'pbk1.e30.e30' })],
  ])('a wish to cancel %s ends no run', async (_, forge) => {
    const going = job();
    scene.receiver.holdsBack = true;
    await put(agentQueue(AGENT), going);
    await until(() => events.some(({ type }) => type === 'connected'), { what: 'the connection' });
    await put(agentCancelQueue(AGENT), forge(going.order.runId));
    await until(() => refusals().length > 0, { what: 'the note' });
    expect(refusals()).toMatchObject([{ what: 'cancel', runId: going.order.runId }]);
    expect(events.some(({ type }) => type === 'ended')).toBe(false);
  });
});

function forgedTicket({ order }: RunJob): string {
  const stranger = generateKeyPairSync('ed25519').privateKey;
  const now = Math.floor(Date.now() / 1000);
  const { runId, epoch, agentId, planId, vaultId } = order;
  return signTicket(
    {
      ...{ v: 1, verb: 'append', runId, epoch, agentId, planId, vaultId, accumulate: false },
      ...{ agentFolder: agentId, planFolder: 'plan', orderDigest: digestOrder(order) },
      ...{ nbf: now - 5, exp: now + 600 },
    },
    stranger,
  );
}

describe('the process of an agent', () => {
  it('announces itself and what it may read', async () => {
    const connection = connectRedis(redis.url, 'worker', logger);
    closers.push(() => connection.disconnect());
    const found = await until(async () => (await readAgents(connection, [AGENT])).get(AGENT));
    expect(found).toMatchObject({
      online: true,
      presence: { agentId: AGENT, allowedDirs: [scene.agent.source], activeRuns: [] },
    });
  });

  it('takes a run from its queue, shows its progress and reports its end', async () => {
    const connection = connectRedis(redis.url, 'worker', logger);
    closers.push(() => connection.disconnect());
    const shown: LiveEvent[] = [];
    await connection.subscribe(agentLiveChannel(AGENT));
    connection.on('message', (_, text: string) => shown.push(LiveEvent.parse(JSON.parse(text))));
    await put(agentQueue(AGENT), job());
    expect(await ended()).toMatchObject({ error: null, counts: { files: 1, bytesRead: 5 } });
    await until(() => shown.length > 0, { what: 'progress' });
    expect(shown.at(-1)).toMatchObject({ type: 'progress', filesDone: 1 });
  });

  it('takes a restore from the same queue', async () => {
    const restore = await RestoreScene.open();
    closers.push(() => restore.close());
    writeFileSync(join(restore.source, 'a'), 'hello');
    await restore.backUp();
    const order = restore.order(restore.restoreTask({ destination: join(scene.agent.source, 'restored') }));
    await put(agentQueue(AGENT), restore.job(order, scene.agent));
    const end = await until(() => events.find(({ type }) => type === 'task-ended'), { what: 'the end' });
    expect(end).toMatchObject({ runId: order.runId, by: AGENT, error: null, result: { created: 1 } });
    expect(readFileSync(join(scene.agent.source, 'restored', 'a'), 'utf8')).toBe('hello');
  });

  it('cancels a run on request', async () => {
    const cancelled = job();
    scene.vault.commits = 1;
    scene.receiver.holdsBack = true;
    await put(agentQueue(AGENT), cancelled);
    await until(() => events.some(({ type }) => type === 'connected'), { what: 'the connection' });
    await put(agentCancelQueue(AGENT), cancel(cancelled.order.runId));
    expect(await ended()).toMatchObject({ error: { code: 'CANCELLED', retryable: false } });
  });

  it('ends a run to be resumed when it is stopped, and says so', async () => {
    scene.receiver.holdsBack = true;
    await put(agentQueue(AGENT), job());
    await until(() => events.some(({ type }) => type === 'connected'), { what: 'the connection' });
    await agent.onApplicationShutdown();
    expect(await ended()).toMatchObject({ error: { code: 'CONNECTION_LOST', retryable: true } });
    agent = newAgent();
    await agent.onApplicationBootstrap();
  });

  it('reports an end after Redis came back', async () => {
    scene.receiver.holdsBack = true;
    await put(agentQueue(AGENT), job());
    await until(() => events.some(({ type }) => type === 'connected'), { what: 'the connection' });
    await redis.kill();
    scene.receiver.letGo();
    await until(() => scene.vault.commits === 1, { what: 'the commit' });
    await redis.restart();
    expect(await ended()).toMatchObject({ error: null, receipt: expect.anything() });
  });
});
