import { Retention } from '../retention/retention.js';
import { StrayTasks } from './stray-tasks.js';
import { TaskAttemptEnder } from './task-attempt-ender.js';
import { TaskCanceller } from './task-canceller.js';
import { TaskDispatcher } from './task-dispatcher.js';
import { TaskEventTaker } from './task-event-taker.js';
import { TaskMender } from './task-mender.js';
import { TaskQueues } from './task-queues.js';
import { TaskRequests } from './task-requests.js';
import { TaskRounds } from './task-rounds.js';
import { VerifySchedules } from './verify-schedules.js';

/** The way of a run that is no backup, from the wish to its result. */
export const TASK_PROVIDERS = [
  ...[TaskQueues, TaskDispatcher, TaskAttemptEnder, TaskEventTaker, TaskRequests, TaskCanceller],
  ...[TaskMender, StrayTasks, VerifySchedules, Retention, TaskRounds],
];
