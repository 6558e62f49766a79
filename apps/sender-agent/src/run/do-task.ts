import type { RunTask, TaskListener } from '../runs/run-task.js';
import type { CancelFlag } from '../transfer/cancel-flag.js';
import { RunTally } from '../transfer/run-tally.js';
import { finishRule } from './finish-rule.js';
import { runAgentTask } from './run-agent-task.js';
import { runBackup, type AgentContext, type RunEnd } from './run-backup.js';

/** Progress is told at most four times a second. */
const PROGRESS_MS = 250;

/** Does one task in this thread, telling its progress. Never throws. */
export async function doTask(
  task: RunTask,
  context: AgentContext,
  listener: TaskListener,
  cancel: CancelFlag,
): Promise<RunEnd> {
  if (task.kind === 'rule') return resumeRule(task, context, cancel);
  const tally = new RunTally(task.kind === 'run' ? context.state.totalsOf(task.job.order.planId) : null);
  const tell = (): void => listener.progress(tally.progress, tally.counts);
  const timer = setInterval(tell, PROGRESS_MS);
  try {
    if (task.kind === 'task') return await runAgentTask(task.job, context, tally, cancel);
    return await runBackup(task.job, context, tally, cancel, ({ receiverId }) =>
      listener.connected(receiverId),
    );
  } finally {
    clearInterval(timer);
    tell();
  }
}

async function resumeRule(
  { order }: Extract<RunTask, { kind: 'rule' }>,
  context: AgentContext,
  cancel: CancelFlag,
): Promise<RunEnd> {
  const rule = context.pending.find(order);
  if (rule) return finishRule(rule, context, cancel);
  const message = 'The after-transmit rule of this run was finished before.';
  const { counts } = new RunTally(null);
  return { counts, problems: [], receipt: null, error: { code: 'INTERNAL', message, retryable: true } };
}
