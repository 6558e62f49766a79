import type { RestoreTask, TaskResult } from '@periodic-backup/contracts';
import { checkDestination } from '../checks/check-destination.js';
import { isRetryable } from '../checks/run-refused.js';
import {
  chosenEntries,
  ChosenPaths,
  EntryMetadata,
  LocalOwners,
  makeDurable,
  planRestore,
  type RestoreJob,
  RestoreProblems,
  RestoreResult,
  restoreSnapshot,
  RestoreState,
} from '@periodic-backup/restore';
import { withSnapshot, type TaskAttempt } from './task-attempt.js';

/**
 * Makes one attempt of a restore; what it came to goes to `onResult`, whether it succeeds or not.
 * @throws SessionError, RunRefused; after a retryable one the next attempt goes on
 */
export async function runRestore(
  attempt: TaskAttempt,
  task: RestoreTask,
  onResult: (result: TaskResult) => void,
): Promise<void> {
  const { context, tally, cancel } = attempt;
  const { runId } = attempt.job.taskOrder;
  const destination = checkDestination(task.destination, context.allowed);
  const chosen = new ChosenPaths(task.paths?.map((path) => Buffer.from(path, 'base64')) ?? null);
  const state = RestoreState.open(context.state.restores, runId);
  const result = new RestoreResult();
  const problems = new RestoreProblems(tally, destination);
  tally.bytesSent = state.wireBytes;
  let goesOn = false;
  try {
    await withSnapshot(attempt, task.snapshot, async (source, { users, groups }) => {
      result.restart();
      if (!chosen.all) tally.estimate = null;
      const job: RestoreJob = {
        ...{ source, chosen, destination, snapshot: task.snapshot, runId, state, tally, result, problems },
        rule: task.conflict,
        entries: () => chosenEntries(source, chosen, (path) => problems.missing(path)),
        metadata: new EntryMetadata(new LocalOwners(users, groups)),
        check: () => cancel.check(),
      };
      await (task.dryRun ? planRestore(job) : restoreSnapshot(job));
    });
    if (!task.dryRun) makeDurable(destination);
  } catch (error) {
    goesOn = isRetryable(error);
    throw error;
  } finally {
    if (goesOn) state.save(tally.bytesSent);
    else state.remove();
    onResult(result.taskResult);
  }
}
