import type { AgentView, VaultView } from '@periodic-backup/contracts/http';
import type { PlanDraft } from './plan-draft.js';
import { suggestedName } from './suggested-name.js';

/** A draft with what goes without saying: the only agent, the only vault, a name after the directory. */
export function prefilled(
  draft: PlanDraft,
  agents: readonly AgentView[],
  vaults: readonly VaultView[],
): PlanDraft {
  return {
    ...draft,
    agentId: draft.agentId ?? (agents.length === 1 ? agents[0]!.agentId : null),
    vaultId: draft.vaultId ?? (vaults.length === 1 ? vaults[0]!.id : null),
    name: draft.nameIsGiven ? draft.name : suggestedName(draft.sourceDir.trim()),
  };
}
