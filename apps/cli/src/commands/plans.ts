import { Plan } from '@periodic-backup/contracts';
import { shown, table } from '../output/table.js';
import { ageOf, localTime } from '../output/ages.js';
import { answer, type CommandContext } from '../command-context.js';
import { scheduleInWords } from '@periodic-backup/terminal';
import { EXIT, type ExitCode } from '../exit-codes.js';

/** `pbk plans`: what is configured. */
export async function listPlans(context: CommandContext): Promise<ExitCode> {
  const plans = await context.api.plans();
  answer(context, plans, () => (plans.length === 0 ? noPlan : planTable(plans)));
  return EXIT.ok;
}

const noPlan = 'No plan yet. Make one with "npm start -- --source DIR" or through the API.';

function planTable(plans: readonly Plan[]): string {
  return table(
    ['PLAN', 'AGENT', 'SOURCE', 'WHEN', 'NEXT', 'RULE'],
    plans.map((plan) => [
      plan.name,
      plan.agentId,
      shown(plan.sourceDir),
      scheduleInWords(plan.schedule),
      plan.pausedAt ? `paused ${ageOf(plan.pausedAt)}` : localTime(plan.nextDueAt),
      plan.afterTransmit,
    ]),
  );
}
