import type { ApiClient } from '@periodic-backup/api-client';
import { Plan } from '@periodic-backup/contracts';
import { CommandError } from '../exit-codes.js';

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The plan a person means: its id, its name, or `<agent>/<name>` where several agents have one of that name. @throws CommandError */
export async function findPlan(api: ApiClient, wanted: string): Promise<Plan> {
  if (ID.test(wanted)) return api.get(Plan, `/plans/${wanted}`);
  const plans = await api.plans();
  const found = plans.filter((plan) => plan.name === wanted || `${plan.agentId}/${plan.name}` === wanted);
  const [only] = found;
  if (only && found.length === 1) return only;
  if (only)
    throw new CommandError(
      `Several agents have a plan "${wanted}": say which, as ${found.map(({ agentId, name }) => `${agentId}/${name}`).join(' or ')}.`,
    );
  const names = plans.map(({ name }) => name);
  throw new CommandError(
    names.length === 0
      ? 'There is no plan yet. Make one with "npm start -- --source DIR" or through the API.'
      : `There is no plan "${wanted}". There ${names.length === 1 ? 'is' : 'are'}: ${names.slice(0, 20).join(', ')}${names.length > 20 ? ' …' : ''}.`,
  );
}
