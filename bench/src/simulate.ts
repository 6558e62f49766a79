import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import {
  ControlPlane,
  SimulatedAgents,
  SimulatedVault,
  startPostgres,
  startRedis,
  temporaryDirectory,
  until,
} from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import pg from 'pg';
import { listProcesses, peakBytes } from './processes.js';

const { values } = parseArgs({
  options: {
    plans: { type: 'string', default: '10000' },
    agents: { type: 'string', default: '2000' },
    minutes: { type: 'string', default: '10' },
    every: { type: 'string', default: '300' },
    schedulers: { type: 'string', default: '2' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run sim -- [--plans 10000] [--agents 2000] [--minutes 10] [--every SECONDS, 300] [--schedulers 2]

Real schedulers, Redis and ledger; agents that take their runs from real queues and answer without moving bytes.`);
  process.exit(0);
}
const [planCount, agentCount, minutes, everySeconds, schedulerCount] = [
  values.plans,
  values.agents,
  values.minutes,
  values.every,
  values.schedulers,
].map(Number) as [number, number, number, number, number];

const ANNOUNCE_EVERY_MS = 4_000;
const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`;

const folder = await temporaryDirectory('pbk-sim-');
mkdirSync(join(folder.path, 'keys'));
const redisServer = await startRedis({ appendOnly: true });
const postgres = await startPostgres();
const redis = new Redis(redisServer.url);
const vault = new SimulatedVault();
const ids = Array.from({ length: agentCount }, (_, i) => `agent-${String(i).padStart(5, '0')}`);
const agents = new SimulatedAgents(redisServer.url, ids, vault);
const database = new pg.Pool({ connectionString: postgres.url });
// The server may end idle connections before the pool has: what counts was read by then.
database.on('error', (error) => console.error(error.message));
let plane: ControlPlane | undefined;
const announcing = new AbortController();
try {
  plane = await ControlPlane.start(
    { redisUrl: redisServer.url, databaseUrl: postgres.url },
    join(folder.path, 'keys'),
    { schedulers: schedulerCount, adminApis: 1 },
  );
  const api = plane.apis[0] as string;
  await agents.start();
  await announceAll();
  const beat = keepAnnouncing();
  console.log(`${agentCount} agents, ${schedulerCount} schedulers; making ${planCount} plans …`);
  await until(async () => (await fetch(`${api}/vaults`).then((answer) => answer.text())).includes(vault.id), {
    deadlineMs: 30_000,
    what: 'the vault to be known',
  });
  await createPlans(api);

  // Everything made so far is due from its creation; the count begins with a whole period ahead.
  const from = new Date();
  const eventsBefore = agents.events;
  console.log(`Simulating ${minutes} minutes from ${from.toISOString()} …`);
  await after(minutes * 60_000);
  const to = new Date();
  const events = agents.events - eventsBefore;
  await until(async () => (await openRuns(to)) === 0, {
    deadlineMs: 120_000,
    intervalMs: 500,
    what: 'runs to end',
  });
  await report(from, to, events);
  announcing.abort();
  await beat;
} finally {
  announcing.abort();
  await plane?.close();
  await agents.close();
  await database.end();
  redis.disconnect();
  await postgres.stop();
  await redisServer.stop();
  await folder.remove();
}

/** Periods differ by up to a tenth, so that due times lie as scattered as in a real fleet. */
function periodOf(plan: number): number {
  const tenth = Math.floor(everySeconds / 10);
  return everySeconds - tenth + (plan % (2 * tenth + 1));
}

async function announceAll(): Promise<void> {
  await Promise.all([agents.announce(), vault.announce(redis, 8)]);
}

async function keepAnnouncing(): Promise<void> {
  while (!announcing.signal.aborted) {
    await announceAll();
    await after(ANNOUNCE_EVERY_MS, undefined, { signal: announcing.signal }).catch(() => undefined);
  }
}

async function createPlans(api: string): Promise<void> {
  let next = 0;
  const create = async (): Promise<void> => {
    while (next < planCount) {
      const i = next++;
      const answer = await fetch(`${api}/plans`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          name: `plan-${i}`,
          agentId: ids[i % agentCount],
          vaultId: vault.id,
          sourceDir: `/simulated/${i}`,
          schedule: { kind: 'every', everySeconds: periodOf(i) },
        }),
      });
      if (!answer.ok) throw new Error(`A plan was refused: ${await answer.text()}`);
      await answer.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 16 }, create));
}

async function openRuns(until: Date): Promise<number> {
  const { rows } = await database.query<{ open: string }>(
    `select count(*) as open from runs where state in ('waiting', 'queued', 'running') and scheduled_for <= $1`,
    [until],
  );
  return Number(rows[0]?.open);
}

async function report(from: Date, to: Date, events: number): Promise<void> {
  const period = [from, to];
  const { rows } = await database.query<Record<string, string>>(
    `select count(*) as runs,
            count(*) filter (where state = 'committed') as committed,
            count(*) filter (where state = 'missed') as missed,
            count(*) filter (where state not in ('committed', 'missed')) as otherwise,
            percentile_cont(0.5) within group (order by extract(epoch from created_at - scheduled_for)) as tick50,
            percentile_cont(0.99) within group (order by extract(epoch from created_at - scheduled_for)) as tick99,
            percentile_cont(0.5) within group (order by extract(epoch from queued_at - scheduled_for)) as p50,
            percentile_cont(0.99) within group (order by extract(epoch from queued_at - scheduled_for)) as p99,
            max(extract(epoch from queued_at - scheduled_for)) as worst,
            max(extract(epoch from finished_at - scheduled_for)) as slowest
     from runs where trigger = 'schedule' and scheduled_for > $1 and scheduled_for <= $2`,
    period,
  );
  const seen = rows[0] ?? {};
  let expected = 0;
  for (let plan = 0; plan < planCount; plan++) {
    const periodMs = periodOf(plan) * 1000;
    expected += Math.floor(to.getTime() / periodMs) - Math.floor(from.getTime() / periodMs);
  }
  const doubled = [...agents.deliveries.values()].filter((times) => times > 1).length;
  const size = await database.query<{ bytes: string }>(
    'select pg_database_size(current_database()) as bytes',
  );
  const memory = /used_memory_peak:(\d+)/.exec(await redis.info('memory'))?.[1];
  const resident = (pattern: RegExp): number =>
    listProcesses()
      .filter((one) => pattern.test(one.command))
      .reduce((sum, one) => sum + peakBytes(one.pid), 0);
  const seconds = (to.getTime() - from.getTime()) / 1000;
  console.log(`
| figure | value |
| --- | --- |
| plans, agents, schedulers | ${planCount}, ${agentCount}, ${schedulerCount} |
| ticks expected, runs found | ${expected}, ${seen['runs']} |
| committed, missed, otherwise | ${seen['committed']}, ${seen['missed']}, ${seen['otherwise']} |
| lost (expected, no row) | ${expected - Number(seen['runs'])} |
| doubled (delivered more than once) | ${doubled} |
| tick lateness: due → row p50, p99 | ${ms(seen['tick50'])}, ${ms(seen['tick99'])} |
| due → on its agent's queue p50, p99, worst | ${ms(seen['p50'])}, ${ms(seen['p99'])}, ${ms(seen['worst'])} |
| due → closed, slowest | ${ms(seen['slowest'])} |
| run events handled | ${(events / seconds).toFixed(0)} per s |
| Redis peak memory | ${mib(Number(memory))} |
| PostgreSQL resident peak, all processes; database | ${mib(resident(/postgres/))}; ${mib(Number(size.rows[0]?.bytes))} |
| scheduler resident peak, all | ${mib(resident(/apps\/scheduler\/dist/))} |`);
  if (expected !== Number(seen['runs']) || Number(seen['committed']) !== expected || doubled > 0)
    process.exitCode = 1;
}

function ms(seconds: string | undefined): string {
  return `${(Number(seconds) * 1000).toFixed(0)} ms`;
}
