import type { AgentPresence, Unprotected } from '@periodic-backup/contracts';
import type { PlanPlace } from '@periodic-backup/ledger';
import type { Announced } from '../connections/presence.js';
import { isWithin } from '../plans/path-containment.js';

const PARTS_SHOWN = 5;

/** Directories that agents may read and that no plan covers as a whole, with the plans that cover parts of them. */
export function unprotectedDirectories(
  agents: readonly Announced<AgentPresence>[],
  plans: readonly PlanPlace[],
): Unprotected[] {
  const byAgent = new Map<string, PlanPlace[]>();
  for (const plan of plans) {
    const known = byAgent.get(plan.agentId);
    if (known) known.push(plan);
    else byAgent.set(plan.agentId, [plan]);
  }
  return agents
    .flatMap(({ presence: { agentId, allowedDirs }, online }) => {
      const own = byAgent.get(agentId) ?? [];
      return allowedDirs
        .filter((directory) => !own.some(({ sourceDir }) => isWithin(directory, sourceDir)))
        .map((directory) => ({
          ...{ agentId, online, directory },
          partly: own
            .filter(({ sourceDir }) => isWithin(sourceDir, directory))
            .slice(0, PARTS_SHOWN)
            .map(({ name }) => name),
        }));
    })
    .sort((a, b) => a.partly.length - b.partly.length || (a.agentId < b.agentId ? -1 : 1));
}
