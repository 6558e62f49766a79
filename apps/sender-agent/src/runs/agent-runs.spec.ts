import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunEvent, RunProgress } from '@periodic-backup/contracts';
import { createLogger } from '@periodic-backup/platform';
import { Outbox } from '../reports/outbox.js';
import { RunReports } from '../reports/run-reports.js';
import { doTask } from '../run/do-task.js';
import { RunTally } from '../transfer/run-tally.js';
import { openScene, type Scene } from '../testing/scene.js';
import { AgentRuns } from './agent-runs.js';
import type { TaskExecutor } from './run-task.js';

let scene: Scene;
let events: RunEvent[];
let live: RunProgress[];
let redisIsAway: boolean;
let executed: number;
let runs: AgentRuns;
let reports: RunReports;

function newAgent(): void {
  const logger = createLogger('test', 'fatal');
  reports = new RunReports(
    'test-agent',
    new Outbox(scene.agent.context.state.outbox),
    (event) => {
      if (redisIsAway) return Promise.reject(new Error('Redis is away'));
      events.push(event);
      return Promise.resolve();
    },
    (_, message) => {
      live.push(JSON.parse(message) as RunProgress);
      return Promise.resolve();
    },
    logger,
  );
  const inThisThread: TaskExecutor = {
    execute: (task, listener, cancel) => {
      executed++;
      return doTask(task, scene.agent.context, listener, cancel);
    },
  };
  runs = new AgentRuns(inThisThread, reports, logger, gate);
}

/** Tickets are looked at in the spec of the gate. */
const gate = { letsRun: () => true, letsCancel: () => true };

beforeEach(async () => {
  scene = await openScene();
  writeFileSync(join(scene.agent.source, 'a'), 'hello');
  [events, live, redisIsAway, executed] = [[], [], false, 0];
  newAgent();
});
afterEach(() => scene.close());

const types = (): string[] => events.map(({ type }) => type);
const job = () => scene.agent.job(scene.agent.order(), scene.receiver.offer);

describe('the runs of an agent', () => {
  it('show their last progress, however soon it follows another', async () => {
    const atOnce: TaskExecutor = {
      execute: (task, listener, cancel) => {
        const { progress, counts } = new RunTally(null);
        listener.progress(progress, counts);
        return doTask(task, scene.agent.context, listener, cancel);
      },
    };
    runs = new AgentRuns(atOnce, reports, createLogger('test', 'fatal'), gate);
    await runs.take(job());
    expect([live[0], live.at(-1)].map((told) => told?.filesDone)).toEqual([0, 1]);
  });

  it('tell their start, the receiver, their progress and their end', async () => {
    await runs.take(job());
    expect(types()).toEqual(['started', 'connected', 'ended']);
    expect(events[1]).toMatchObject({ receiverId: scene.receiver.offer.receiverId });
    expect(events[2]).toMatchObject({ error: null, receipt: expect.anything(), counts: { files: 1 } });
    expect(live.at(-1)).toMatchObject({ type: 'progress', filesDone: 1, filesTotal: 1, bytesTotal: 5 });
  });

  it('run once when their job arrives twice, also after their end', async () => {
    const twice = job();
    await Promise.all([runs.take(twice), runs.take(twice)]);
    await runs.take(twice);
    expect(executed).toBe(1);
    expect(types().filter((type) => type === 'ended')).toHaveLength(1);
  });

  it('let a newer attempt join the one under way', async () => {
    const first = job();
    const second = scene.agent.job({ ...first.order, epoch: first.order.epoch + 1 }, scene.receiver.offer);
    await Promise.all([runs.take(first), runs.take(second)]);
    expect(executed).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: 'ended', epoch: first.order.epoch + 1 });
  });

  it('keep their end on disk until it is told, by the next process if need be', async () => {
    redisIsAway = true;
    const told = job();
    await runs.take(told);
    expect(readdirSync(scene.agent.context.state.outbox)).toHaveLength(1);
    newAgent();
    await runs.take(told);
    expect(executed).toBe(1);
    redisIsAway = false;
    await reports.deliver();
    expect(types()).toEqual(['ended']);
    expect(readdirSync(scene.agent.context.state.outbox)).toEqual([]);
  });

  it('end at once when they were cancelled before they began', async () => {
    const cancelled = job();
    runs.cancel({ runId: cancelled.order.runId, ticket: '' });
    await runs.take(cancelled);
    expect(events.at(-1)).toMatchObject({ error: { code: 'CANCELLED' } });
    expect(scene.receiver.sessions).toBe(0);
  });

  it('end resumably when the agent stops', async () => {
    scene.vault.commits = 1;
    const stopped: Promise<void>[] = [];
    scene.vault.onOffer = () => {
      if (stopped.length === 0) stopped.push(runs.stopAll());
    };
    await runs.take(job());
    await Promise.all(stopped);
    expect(events.at(-1)).toMatchObject({ error: { code: 'CONNECTION_LOST', retryable: true } });
    expect(runs.runIds).toEqual([]);
  });

  it('finish the rule of a run that was committed before the agent died', async () => {
    const order = scene.agent.order({ afterTransmit: 'move', backupDir: scene.agent.backup });
    const { pending } = scene.agent.context;
    const store = pending.store.bind(pending);
    pending.store = (rule) => {
      store(rule);
      scene.agent.cancel.stop();
    };
    await scene.agent.run(order, scene.receiver.offer);
    expect(existsSync(join(scene.agent.source, 'a'))).toBe(true);
    await Promise.all(pending.all().map((rule) => runs.resumeRule(rule.order)));
    expect(existsSync(join(scene.agent.source, 'a'))).toBe(false);
    expect(events.at(-1)).toMatchObject({ type: 'ended', runId: order.runId, receipt: expect.anything() });
  });
});
