import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunEvent, type RunProgress } from '@periodic-backup/contracts';
import { createLogger } from '@periodic-backup/platform';
import { Outbox } from '../reports/outbox.js';
import { RunReports } from '../reports/run-reports.js';
import { doTask } from '../run/do-task.js';
import { RestoreScene } from '../testing/restore-scene.js';
import { AgentRuns } from './agent-runs.js';
import type { TaskExecutor } from './run-task.js';

let scene: RestoreScene;
let events: RunEvent[];
let live: RunProgress[];
let redisIsAway: boolean;
let executed: number;
let runs: AgentRuns;
let reports: RunReports;

/** Tickets are looked at in the spec of the gate. */
const gate = { letsRun: () => true, letsCancel: () => true };

beforeEach(async () => {
  scene = await RestoreScene.open();
  writeFileSync(join(scene.source, 'a'), 'hello');
  await scene.backUp();
  [events, live, redisIsAway, executed] = [[], [], false, 0];
  const logger = createLogger('test', 'fatal');
  reports = new RunReports(
    'test-agent',
    new Outbox(scene.agent.context.state.outbox),
    (event) => {
      if (redisIsAway) return Promise.reject(new Error('Redis is away'));
      events.push(RunEvent.parse(JSON.parse(JSON.stringify(event))));
      return Promise.resolve();
    },
    (_, message) => Promise.resolve(void live.push(JSON.parse(message) as RunProgress)),
    logger,
  );
  const inThisThread = {
    execute: (...[task, listener, cancel]: Parameters<TaskExecutor['execute']>) => {
      executed++;
      return doTask(task, scene.agent.context, listener, cancel);
    },
  };
  runs = new AgentRuns(inThisThread, reports, logger, gate);
});
afterEach(() => scene.close());

const types = (): string[] => events.map(({ type }) => type);
const job = () => scene.job(scene.order(scene.restoreTask()));

describe('a restore among the runs of an agent', () => {
  it('tells its start, its progress and its end with what came of it', async () => {
    await runs.take(job());
    expect(types()).toEqual(['task-started', 'task-ended']);
    expect(events[0]).toMatchObject({ by: 'test-agent' });
    expect(events[1]).toMatchObject({ by: 'test-agent', error: null, counts: { files: 1, bytesRead: 5 } });
    expect(events[1]).toMatchObject({ result: { kind: 'restore', created: 1 } });
    expect(live.at(-1)).toMatchObject({ type: 'progress', filesDone: 1, filesTotal: 1, bytesTotal: 5 });
    expect(readFileSync(join(scene.destination, 'a'), 'utf8')).toBe('hello');
  });

  it('runs once when its job arrives twice, also after its end', async () => {
    const twice = job();
    await Promise.all([runs.take(twice), runs.take(twice)]);
    await runs.take(twice);
    expect(executed).toBe(1);
    expect(types().filter((type) => type === 'task-ended')).toHaveLength(1);
  });

  it('lets a newer attempt join the one under way', async () => {
    const first = job();
    const second = scene.job({ ...first.taskOrder, epoch: first.taskOrder.epoch + 1 });
    await Promise.all([runs.take(first), runs.take(second)]);
    expect(executed).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: 'task-ended', epoch: second.taskOrder.epoch });
  });

  it('keeps its end on disk until it is told', async () => {
    redisIsAway = true;
    await runs.take(job());
    expect(events).toEqual([]);
    redisIsAway = false;
    await reports.deliver();
    expect(types()).toEqual(['task-ended']);
  });

  it('ends at once when it was cancelled before it began', async () => {
    const cancelled = job();
    runs.cancel({ runId: cancelled.taskOrder.runId, ticket: '' });
    await runs.take(cancelled);
    expect(events.at(-1)).toMatchObject({ error: { code: 'CANCELLED', retryable: false } });
    expect(scene.receiver.sessions).toHaveLength(0);
  });

  it('ends resumably when the agent stops', async () => {
    const stopped: Promise<void>[] = [];
    scene.snapshot.onRead = () => {
      if (stopped.length === 0) stopped.push(runs.stopAll());
    };
    await runs.take(job());
    await Promise.all(stopped);
    expect(events.at(-1)).toMatchObject({ error: { code: 'CONNECTION_LOST', retryable: true } });
    expect(runs.runIds).toEqual([]);
  });
});
