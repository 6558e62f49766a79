import { RunAccepted, RunProblem, type Run } from '@periodic-backup/contracts';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { findPlan } from '../naming/find-plan.js';
import { exitCodeOf, watchRun } from '../watching/watch-run.js';
import { runInWords } from './runs.js';

export interface WaitOptions {
  /** Return as soon as the run is accepted. */
  readonly detach: boolean;
}

/** `pbk run PLAN`: a backup now. */
export async function runPlan(
  context: CommandContext,
  plan: string,
  options: WaitOptions,
): Promise<ExitCode> {
  const { id } = await findPlan(context.api, plan);
  return followRun(context, await context.api.runNow(id), options);
}

/** Waits for a run that was accepted, unless told not to; its end is the command's. */
export async function followRun(
  context: CommandContext,
  runId: string,
  { detach }: WaitOptions,
): Promise<ExitCode> {
  if (detach) {
    answer(context, { runId }, () => `Accepted: run ${runId}. Look with: pbk runs --run ${runId}`);
    return EXIT.ok;
  }
  let run: Run;
  try {
    run = await watchRun(context, runId);
  } catch (error) {
    if (context.signal.aborted)
      throw new CommandError(
        `Not waiting any more; the run goes on. Look with: pbk runs --run ${runId}; end it with: pbk cancel ${runId}`,
        EXIT.failed,
      );
    throw error;
  }
  const problems: RunProblem[] = run.counts.filesFailed > 0 ? await context.api.runProblems(runId, 100) : [];
  answer(context, { ...run, problems }, () => runInWords(run, problems).join('\n'));
  return exitCodeOf(run);
}

/** Asks for a task and follows its run. */
export async function startTask(
  context: CommandContext,
  path: string,
  body: unknown,
  options: WaitOptions,
): Promise<ExitCode> {
  const { runId } = await context.api.send(RunAccepted, 'POST', path, body);
  return followRun(context, runId, options);
}
