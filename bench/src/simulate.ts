import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { PLAN_CHANGES, queuePrefix } from '@periodic-backup/contracts';
import {
  ControlPlane,
  SimulatedAgents,
  SimulatedVault,
  TestMembers,
  startPostgres,
  startRedis,
  temporaryDirectory,
  until,
} from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import pg from 'pg';
import { PlanSeries } from './simulation/plan-series.js';
import { ProcessCosts } from './simulation/process-costs.js';
import { countOpenRuns, readRunFigures } from './simulation/run-figures.js';

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
const RECEIVERS = 8;
const costs = new ProcessCosts({
  schedulers: /apps\/scheduler\/dist/,
  api: /apps\/admin-api\/dist/,
  postgres: /^\S*postgres/,
  redis: /^\S*redis-server/,
  agents: /dist\/simulate\.js/,
});

const folder = await temporaryDirectory('pbk-sim-');
mkdirSync(join(folder.path, 'keys'));
const redisServer = await startRedis({ appendOnly: true });
const postgres = await startPostgres();
const redis = new Redis(redisServer.url);
const vault = new SimulatedVault();
const members = new TestMembers();
const ids = Array.from({ length: agentCount }, (_, i) => `agent-${String(i).padStart(5, '0')}`);
const agents = new SimulatedAgents(redisServer.url, ids, vault, members);
const plans = new PlanSeries(planCount, everySeconds, ids, vault);
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
  const makingAt = performance.now();
  await plans.make(api);
  const madeAt = performance.now();
  // What the schedulers do for a new plan is no part of what they do for its ticks.
  await until(async () => (await planChangesLeft()) === 0, {
    deadlineMs: 600_000,
    intervalMs: 200,
    what: 'the triggers of all plans to stand',
  });
  console.log(
    `Made in ${seconds(madeAt - makingAt)}; their triggers stood ${seconds(performance.now() - madeAt)} later.`,
  );

  // Everything made so far is due from its creation; the count begins with a whole period ahead.
  const from = new Date();
  const before = { events: agents.events, runs: agents.runs };
  costs.start();
  console.log(`Simulating ${minutes} minutes from ${from.toISOString()} …`);
  await after(minutes * 60_000);
  const to = new Date();
  const counted = { events: agents.events - before.events, runs: agents.runs - before.runs };
  const table = costTable();
  await until(async () => (await countOpenRuns(database, to)) === 0, {
    deadlineMs: 120_000,
    intervalMs: 500,
    what: 'runs to end',
  });
  await report(from, to, counted, table);
  announcing.abort();
  await beat;
} finally {
  announcing.abort();
  costs.stop();
  await plane?.close();
  await agents.close();
  await database.end();
  redis.disconnect();
  await postgres.stop();
  await redisServer.stop();
  await folder.remove();
}

async function announceAll(): Promise<void> {
  await Promise.all([agents.announce(), vault.announce(redis, RECEIVERS)]);
}

async function keepAnnouncing(): Promise<void> {
  while (!announcing.signal.aborted) {
    await announceAll();
    await after(ANNOUNCE_EVERY_MS, undefined, { signal: announcing.signal }).catch(() => undefined);
  }
}

async function planChangesLeft(): Promise<number> {
  const queue = `${queuePrefix(PLAN_CHANGES)}:${PLAN_CHANGES}`;
  return (await redis.llen(`${queue}:wait`)) + (await redis.llen(`${queue}:active`));
}

/** Lines of the report, taken at the end of the simulated time. */
function costTable(): string {
  const cores = (part: string): string => costs.coresOf(part).toFixed(2);
  return `| cores busy: schedulers, PostgreSQL, Redis, admin API | ${['schedulers', 'postgres', 'redis', 'api'].map(cores).join(', ')} |
| cores busy: the simulated agents themselves | ${cores('agents')} |
| PostgreSQL resident peak, all processes, shared pages once | ${mib(costs.peakShareOf('postgres'))} |
| schedulers resident peak, all | ${mib(costs.peakOf('schedulers'))} |`;
}

async function report(
  from: Date,
  to: Date,
  counted: { events: number; runs: number },
  costLines: string,
): Promise<void> {
  const seen = await readRunFigures(database, from, to);
  const expected = plans.ticksBetween(from, to);
  const doubled = [...agents.deliveries.values()].filter((times) => times > 1).length;
  const memory = /used_memory_peak:(\d+)/.exec(await redis.info('memory'))?.[1];
  const spanSeconds = (to.getTime() - from.getTime()) / 1000;
  const perSecond = (jobs: number): string => (jobs / spanSeconds).toFixed(1);
  const jobs = seen.runs + counted.runs + counted.events;
  console.log(`
| figure | value |
| --- | --- |
| plans, agents, schedulers | ${planCount}, ${agentCount}, ${schedulerCount} |
| ticks expected, runs found | ${expected}, ${seen.runs} |
| committed, missed, otherwise | ${seen.committed}, ${seen.missed}, ${seen.otherwise} |
| lost (expected, no row) | ${expected - seen.runs} |
| doubled (delivered more than once) | ${doubled} |
| tick lateness: due → row p50, p99 | ${ms(seen.rowLateness.p50)}, ${ms(seen.rowLateness.p99)} |
| due → on its agent's queue p50, p99, worst | ${ms(seen.queueLateness.p50)}, ${ms(seen.queueLateness.p99)}, ${ms(seen.queueLateness.worst)} |
| due → closed, slowest | ${ms(seen.slowestEnd)} |
| jobs handled per second: all; ticks, runs, run events | ${perSecond(jobs)}; ${perSecond(seen.runs)}, ${perSecond(counted.runs)}, ${perSecond(counted.events)} |
${costLines}
| Redis peak memory; database | ${mib(Number(memory))}; ${mib(seen.databaseBytes)} |`);
  if (expected !== seen.runs || seen.committed !== expected || doubled > 0) process.exitCode = 1;
}

function ms(lateSeconds: number): string {
  return `${(lateSeconds * 1000).toFixed(0)} ms`;
}

function seconds(elapsedMs: number): string {
  return `${(elapsedMs / 1000).toFixed(1)} s`;
}

function mib(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
