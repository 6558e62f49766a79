import type { Plan } from '@periodic-backup/contracts';
import type { ApiClient } from '@periodic-backup/api-client';
import { realPath } from '../checks/containment.js';
import { wantedPlan, type Place, type PlanWishes } from '../plans/wanted-plan.js';
import type { Screen } from '../screen/screen.js';

/** Every source has its plan, made or changed. `started`: those of the sources named; `plans`: all of this agent. */
export async function ensurePlans(
  api: ApiClient,
  sourceDirs: readonly string[],
  wishes: PlanWishes,
  place: Place,
  ownExcludes: ReadonlyMap<string, string>,
  screen: Screen,
): Promise<{ plans: Plan[]; started: Plan[] }> {
  const known = await api.plans();
  const started: Plan[] = [];
  const backupDir = wishes.backupDir === undefined ? undefined : realPath(wishes.backupDir);
  for (const sourceDir of sourceDirs) {
    const input = wantedPlan(
      sourceDir,
      { ...wishes, backupDir },
      place,
      [...known, ...started],
      ownExcludes.get(sourceDir),
      sourceDirs.length > 1,
    );
    started.push(await api.putPlan(input));
  }
  const plans = (await api.plans()).filter((plan) => plan.agentId === place.agentId);
  const elsewhere = plans.filter((plan) => plan.vaultId !== place.vaultId && plan.pausedAt === null);
  for (const plan of elsewhere)
    screen.warning(
      `The plan ${plan.name} writes to another target, which is not started: start with that --target, or pause or delete the plan.`,
    );
  return { plans, started };
}
