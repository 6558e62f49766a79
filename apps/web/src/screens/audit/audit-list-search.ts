import { textOrNothing } from '../../app/search-values.js';

/** Filters of the audit log, as they stand in its address. `entry`: the one that is looked at. */
export interface AuditListSearch {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly entry?: string | undefined;
}

export function auditListSearch(search: Record<string, unknown>): AuditListSearch {
  return {
    actor: textOrNothing(search['actor']),
    action: textOrNothing(search['action']),
    entry: textOrNothing(search['entry']),
  };
}
