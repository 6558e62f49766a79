import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Run } from '@periodic-backup/contracts';
import {
  ControlPlane,
  SimulatedAgents,
  SimulatedVault,
  TestMembers,
  startPostgres,
  startRedis,
  temporaryDirectory,
  until,
  type TemporaryDirectory,
  type TestServer,
} from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import { z } from 'zod';

const PLANS = 20;
const EVERY_SECONDS = 10;
const DUE_TIMES = 4;

let folder: TemporaryDirectory;
let redisServer: TestServer;
let postgres: TestServer;
let redis: Redis;
let vault: SimulatedVault;
let agents: SimulatedAgents;
let plane: ControlPlane;
let announcing: NodeJS.Timeout;

beforeAll(async () => {
  folder = await temporaryDirectory();
  [redisServer, postgres] = await Promise.all([startRedis({ appendOnly: true }), startPostgres()]);
  redis = new Redis(redisServer.url);
  vault = new SimulatedVault();
  const members = new TestMembers();
  agents = new SimulatedAgents(redisServer.url, ['agent-a', 'agent-b'], vault, members);
  const stores = { redisUrl: redisServer.url, databaseUrl: postgres.url };
  plane = await ControlPlane.start(
    stores,
    folder.path,
    { schedulers: 2, adminApis: 2 },
    members.authority.pem,
  );
  await agents.start();
  const announce = (): Promise<unknown> => Promise.all([agents.announce(), vault.announce(redis, 2)]);
  await announce();
  announcing = setInterval(() => void announce(), 2000);
});

afterAll(async () => {
  clearInterval(announcing);
  await plane.close();
  await agents.close();
  redis.disconnect();
  await Promise.all([redisServer.stop(), postgres.stop()]);
  await folder.remove();
});

const get = async (path: string, api = plane.apis[1] as string): Promise<unknown> =>
  (await fetch(api + path)).json();

async function createPlan(i: number): Promise<void> {
  const answer = await fetch(`${plane.apis[i % 2]}/plans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: `plan-${i}`,
      agentId: i % 2 === 0 ? 'agent-a' : 'agent-b',
      vaultId: vault.id,
      sourceDir: `/simulated/${i}`,
      schedule: { kind: 'every', everySeconds: EVERY_SECONDS },
    }),
  });
  expect({ status: answer.status, body: await answer.text() }).toMatchObject({ status: 201 });
}

async function allRuns(): Promise<Run[]> {
  const Page = z.object({ items: z.array(Run), nextCursor: z.string().nullable() });
  const runs: Run[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: z.infer<typeof Page> = Page.parse(
      await get(`/runs?limit=500${cursor && `&cursor=${cursor}`}`),
    );
    runs.push(...page.items);
    cursor = page.nextCursor;
  }
  return runs;
}

it('with two of each, no tick is honoured twice and none is lost when a scheduler and an API are killed', async () => {
  await until(async () => JSON.stringify(await get('/vaults')).includes(vault.id), {
    deadlineMs: 20_000,
    what: 'the vault to be known',
  });
  for (let i = 0; i < PLANS; i++) await createPlan(i);
  const from = Date.now();
  const dueTimes = (runs: Run[]): string[] =>
    [...new Set(runs.map((run) => run.scheduledFor))].filter((due) => Date.parse(due) > from).sort();

  await until(async () => dueTimes(await allRuns()).length > 0, {
    deadlineMs: 30_000,
    what: 'the first due time',
  });
  plane.schedulers[0]?.kill('SIGKILL');
  plane.adminApis[0]?.kill('SIGKILL');

  const runs = await until(
    async () => {
      const seen = await allRuns();
      const due = dueTimes(seen).slice(0, DUE_TIMES);
      const counted = seen.filter((run) => due.includes(run.scheduledFor));
      const done = due.length === DUE_TIMES && counted.length >= PLANS * DUE_TIMES;
      return done && counted.every((run) => run.finishedAt !== null) && counted;
    },
    { deadlineMs: 90_000, intervalMs: 200, what: 'four due times of every plan to be honoured' },
  );

  const ticks = runs.map((run) => `${run.planName} ${run.scheduledFor}`);
  expect(new Set(ticks).size).toBe(ticks.length);
  expect(ticks.length).toBe(PLANS * DUE_TIMES);
  expect(runs.filter((run) => run.state !== 'committed')).toEqual([]);
  expect([...agents.deliveries.values()].filter((times) => times > 1)).toEqual([]);
});
