import { RunAccepted } from '@periodic-backup/contracts';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { watchRun } from '../watching/watch-run.js';

/** `pbk cancel RUN`: ends a run; exits 0 once it has ended, however. */
export async function cancelRun(context: CommandContext, runId: string): Promise<ExitCode> {
  await context.api.send(RunAccepted, 'POST', `/runs/${runId}/cancel`, {});
  const run = await watchRun(context, runId);
  answer(context, run, () => `${run.kind} of ${run.planName}: ${run.state}. ${run.reason ?? ''}`.trimEnd());
  return EXIT.ok;
}
