import { textOrNothing } from '../../app/search-values.js';

/** What stands in the address of the list of agents. `agent`: the one that is looked at. */
export interface AgentListSearch {
  readonly find?: string | undefined;
  readonly agent?: string | undefined;
}

export function agentListSearch(search: Record<string, unknown>): AgentListSearch {
  return { find: textOrNothing(search['find']), agent: textOrNothing(search['agent']) };
}
