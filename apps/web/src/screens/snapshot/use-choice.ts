import { useState } from 'react';

/** How many may be chosen one by one: the address of the restore holds them. */
export const MOST_CHOSEN = 100;

export interface Choice {
  /** Keys of paths with their names, in the order they were chosen. */
  readonly chosen: ReadonlyMap<string, string>;
  readonly set: (key: string, name: string, isChosen: boolean) => void;
  readonly clear: () => void;
}

/** Files and directories that somebody ticks; they stay while one looks at other snapshots of the same plan. */
export function useChoice(planId: string | undefined): Choice {
  const [state, setState] = useState<{ planId: string | undefined; chosen: ReadonlyMap<string, string> }>({
    planId,
    chosen: new Map(),
  });
  const chosen = state.planId === planId ? state.chosen : new Map<string, string>();
  return {
    chosen,
    set: (key, name, isChosen) => {
      const next = new Map(chosen);
      if (isChosen) next.set(key, name);
      else next.delete(key);
      setState({ planId, chosen: next });
    },
    clear: () => setState({ planId, chosen: new Map() }),
  };
}
