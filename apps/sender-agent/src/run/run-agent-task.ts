import type { AgentTaskJob, RunError, TaskResult } from '@periodic-backup/contracts';
import { checkReadTicket } from '../checks/check-read-ticket.js';
import { drillSnapshot } from '../drill/drill-snapshot.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import type { RunTally } from '../transfer/run-tally.js';
import { readKey, runErrorOf, type AgentContext, type RunEnd } from './run-backup.js';
import { runRestore } from './run-restore.js';
import type { TaskAttempt } from './task-attempt.js';

/** Makes one attempt of a restore or a drill. Never throws. Safe to repeat: each attempt goes on where one stopped. */
export async function runAgentTask(
  job: AgentTaskJob,
  context: AgentContext,
  tally: RunTally,
  cancel: CancelFlag,
): Promise<RunEnd> {
  const attempt: TaskAttempt = { job, context, tally, cancel };
  let result: TaskResult | null = null;
  let error: RunError | null = null;
  try {
    checkReadTicket(job, context.agentId, readKey(context.ticketKeyFile));
    const { task } = job.taskOrder;
    if (task.kind === 'restore') await runRestore(attempt, task, (found) => (result = found));
    else if (task.kind === 'drill') result = await drillSnapshot(attempt, task);
  } catch (cause) {
    error = inWordsOfTasks(runErrorOf(cause));
  }
  return { counts: tally.counts, problems: tally.problems, receipt: null, result, error };
}

function inWordsOfTasks(error: RunError): RunError {
  if (error.code !== 'CANCELLED') return error;
  return { ...error, message: 'The run was cancelled. What was restored stays.' };
}
