import { readFileSync } from 'node:fs';
import { Plan, PlanRequest } from '@periodic-backup/contracts';
import { scheduleInWords } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { shown } from '../output/table.js';

const STANDARD_INPUT = 0;

/** `pbk put-plan FILE`: the plan that the file describes is there, made or changed; never doubled. */
export async function putPlan(context: CommandContext, file: string): Promise<ExitCode> {
  const { agentId, name, ...body } = readPlan(file);
  const path = `/plans/by-name/${agentId}/${encodeURIComponent(name)}`;
  const plan = await context.api.send(Plan, 'PUT', path, body);
  answer(
    context,
    plan,
    () => `${plan.name} of ${plan.agentId}: ${shown(plan.sourceDir)} ${scheduleInWords(plan.schedule)}.`,
  );
  return EXIT.ok;
}

function readPlan(file: string): PlanRequest {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file === '-' ? STANDARD_INPUT : file, 'utf8'));
  } catch (error) {
    throw new CommandError(`${file} cannot be read as JSON: ${(error as Error).message}.`);
  }
  const plan = PlanRequest.safeParse(json);
  if (plan.success) return plan.data;
  const problems = plan.error.issues.map(({ path, message }) => `  ${path.join('.')} ${message}`.trimEnd());
  throw new CommandError(`${file} does not describe a plan:\n${problems.join('\n')}`);
}
