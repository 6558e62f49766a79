import type { RunEvent, TaskOrder, TaskResult } from '@periodic-backup/contracts';
import { COUNTS } from './scripted-agent.js';

type EndedTask = Extract<RunEvent, { type: 'task-ended' }>;

/** What agents and receivers report on a task. */
export const taskStarted = (order: TaskOrder, by: string, at = new Date()): RunEvent => ({
  type: 'task-started',
  ...attemptOf(order),
  by,
  at: at.toISOString(),
});

export const taskAlive = (order: TaskOrder, by: string, at = new Date()): RunEvent => ({
  type: 'task-alive',
  ...attemptOf(order),
  by,
  at: at.toISOString(),
  counts: COUNTS,
});

export const taskEnded = (
  order: TaskOrder,
  by: string,
  outcome: Partial<Pick<EndedTask, 'counts' | 'problems' | 'result' | 'error' | 'at'>>,
): RunEvent => ({
  type: 'task-ended',
  ...attemptOf(order),
  by,
  at: new Date().toISOString(),
  counts: COUNTS,
  problems: [],
  result: null,
  error: null,
  ...outcome,
});

export const LOST = { code: 'CONNECTION_LOST', message: 'the receiver went away', retryable: true };

export const RESTORED: TaskResult = {
  kind: 'restore',
  created: 3,
  overwritten: 0,
  skipped: 0,
  renamed: 0,
  unchanged: 0,
  plan: [],
};

function attemptOf({ runId, epoch }: TaskOrder): { runId: string; epoch: number } {
  return { runId, epoch };
}
