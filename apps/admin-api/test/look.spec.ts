import { join } from 'node:path';
import { request } from 'node:http';
import {
  AgentAskJob,
  agentAnswerKey,
  agentAskQueue,
  agentGoneKey,
  digestOrder,
  openTicket,
  type AgentAnswer,
  type Problem,
} from '@periodic-backup/contracts';
import { closeWorker, connectRedis, consume, createLogger, loadPublicKey } from '@periodic-backup/platform';
import { temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import { Presence } from '../src/connections/presence.js';
import { AgentAsker } from '../src/look/agent-asker.js';
import { LookTickets } from '../src/look/look-tickets.js';
import { TestApi, startServers, type Servers } from './test-api.js';

/** An agent's hand: what it is asked, after it checked who asks; it answers what the test says. */
let asked: AgentAskJob[];
let answer: AgentAnswer | null;
let servers: Servers;
let api: TestApi;
let keys: TemporaryDirectory;
let stopAgent: () => Promise<void>;

const nothing = { path: null, pathBytes: null, realPath: null, parent: null, uses: [], nextCursor: null };
const listing: AgentAnswer = { kind: 'directory', listing: { ...nothing, items: [], total: 0 } };

const publicKeyFile = (): string => join(keys.path, 'ticket.pub');

beforeAll(async () => {
  [servers, keys] = await Promise.all([startServers(), temporaryDirectory()]);
  api = await TestApi.start(servers, {
    TICKET_PRIVATE_KEY_FILE: join(keys.path, 'ticket.key'),
    TICKET_PUBLIC_KEY_FILE: publicKeyFile(),
  });
  const logger = createLogger('test', 'fatal');
  const connection = connectRedis(servers.redis.url, 'worker', logger);
  const worker = consume(
    agentAskQueue('laptop'),
    AgentAskJob,
    async (job) => {
      const claims = openTicket(job.ticket, loadPublicKey(publicKeyFile()), 'look');
      expect(claims).toMatchObject({ agentId: 'laptop', questionId: job.questionId });
      expect(claims.questionDigest).toBe(digestOrder(job.question));
      asked.push(job);
      if (answer) await connection.set(agentAnswerKey('laptop', job.questionId), JSON.stringify(answer));
    },
    { connection, logger },
  );
  stopAgent = async () => {
    await closeWorker(worker, 1000);
    connection.disconnect();
  };
});
afterAll(async () => {
  await stopAgent();
  await api.close();
  await servers.stop();
  await keys.remove();
});
beforeEach(async () => {
  [asked, answer] = [[], listing];
  await api.announceAgent();
});
afterEach(() => api.clear());

const problemOf = async (method: string, path: string, body?: unknown): Promise<Problem> => {
  const { status, body: problem } = await api.call<Problem>(method, path, body);
  expect(problem.status).toBe(status);
  return problem;
};

describe('looking at a machine through its agent', () => {
  it('asks for the allowed directories when no path is named', async () => {
    const found = await api.call('GET', '/api/v1/agents/laptop/directories');
    expect(found).toMatchObject({ status: 200, body: { items: [], path: null } });
    expect(asked[0]?.question).toEqual({
      ...{ kind: 'directory', path: null, limit: 1000, cursor: null, onlyDirectories: false, excludes: null },
    });
    expect(await api.redis.keys('*answer*')).toEqual([]);
  });

  it('passes path, page and excludes on', async () => {
    await api.call(
      'GET',
      '/api/v1/agents/laptop/directories?path=/srv/a&limit=7&cursor=d.YQ&only=directories&sourceDir=/srv&exclude=*.tmp&exclude=b/',
    );
    expect(asked[0]?.question).toEqual({
      ...{ kind: 'directory', path: Buffer.from('/srv/a').toString('base64'), limit: 7, cursor: 'd.YQ' },
      ...{ onlyDirectories: true, excludes: { sourceDir: '/srv', rules: ['*.tmp', 'b/'] } },
    });
    await api.call(
      'GET',
      `/api/v1/agents/laptop/directories?pathBytes=${Buffer.from('/\xff', 'latin1').toString('base64url')}`,
    );
    expect(asked[1]?.question).toMatchObject({ path: Buffer.from('/\xff', 'latin1').toString('base64') });
  });

  it('asks what a plan would take, with the defaults filled in', async () => {
    await problemOf('POST', '/api/v1/agents/laptop/estimate', { sourceDir: '/srv' });
    expect(asked[0]?.question).toEqual({
      ...{ kind: 'estimate', sourceDir: '/srv', excludes: [], budgetMs: 5000, samples: 50 },
    });
  });

  it('hands on what the agent finds wrong, by field', async () => {
    answer = {
      kind: 'check',
      check: {
        problems: [{ path: 'backupDir', message: 'lies in the source' }],
        realPaths: { sourceDir: '/srv', backupDir: null, destination: null },
      },
    };
    const body = { sourceDir: '/srv', backupDir: '/srv/b', afterTransmit: 'copy' };
    expect(await api.call('POST', '/api/v1/agents/laptop/check', body)).toMatchObject({
      status: 200,
      body: answer.check,
    });
    expect(asked[0]?.question).toEqual({ kind: 'check', ...body });
  });

  it('places a refusal at the field it is about', async () => {
    answer = { kind: 'refused', code: 'NOT_ALLOWED', field: 'path', message: 'Not that one.' };
    expect(await problemOf('GET', '/api/v1/agents/laptop/directories?path=/etc')).toMatchObject({
      status: 422,
      errors: [{ path: 'path', message: 'Not that one.' }],
    });
  });

  it('says at once that an agent is not there', async () => {
    await api.announceAgent({ seenAt: '2026-11-20T00:00:00.000Z' });
    expect(await problemOf('GET', '/api/v1/agents/laptop/directories')).toMatchObject({
      status: 503,
      detail: expect.stringMatching(/last heard of at 2026-11-20.*Start it/),
    });
    expect(asked).toEqual([]);
    expect((await problemOf('GET', '/api/v1/agents/nobody/directories')).status).toBe(404);
  });

  it('refuses what no agent could answer', async () => {
    expect(await problemOf('POST', '/api/v1/agents/laptop/estimate', { sourceDir: 'srv' })).toMatchObject({
      status: 400,
      errors: [{ path: 'sourceDir' }],
    });
    expect(asked).toEqual([]);
  });

  it('tells the agent when nobody waits any more', async () => {
    answer = null;
    const body = JSON.stringify({ sourceDir: '/srv' });
    const call = request(`${api.url}/api/v1/agents/laptop/estimate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
    });
    call.on('error', () => undefined);
    call.end(body);
    await until(() => asked.length === 1, { what: 'the question' });
    call.destroy();
    const { questionId } = asked[0]!;
    await until(() => api.redis.exists(agentGoneKey('laptop', questionId)), { what: 'word of that' });
  });

  it('does not wait for ever', async () => {
    answer = null;
    const [redis, logger] = [api.redis, createLogger('test', 'fatal')];
    const tickets = LookTickets.load(join(keys.path, 'ticket.key'), publicKeyFile());
    const { ledger } = api.connection;
    const asker = new AgentAsker(ledger, redis, logger, new Presence(redis, ledger), tickets);
    const wait = { waitMs: 30, gone: new AbortController().signal };
    await expect(asker.ask('laptop', { kind: 'check' }, wait)).rejects.toMatchObject({
      status: 504,
      message: expect.stringMatching(/did not answer in time/),
    });
  });

  it('says what is missing when it has no key to sign with', async () => {
    const keyless = await TestApi.start(servers);
    const { status, body } = await keyless.call<Problem>('GET', '/api/v1/agents/laptop/directories');
    await keyless.close();
    expect([status, body.detail]).toEqual([501, expect.stringMatching(/TICKET_PRIVATE_KEY_FILE/)]);
  });
});
