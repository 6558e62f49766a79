import { useEffect, useState } from 'react';
import { onRunChanged } from '../../live/live.js';

/**
 * How many runs were heard of that the list does not have, and a way to begin anew once they are in it. Rows must not move
 * under the cursor: who looks decides when.
 */
export function useNewRuns(known: ReadonlySet<string>): [count: number, forget: () => void] {
  const [heard, setHeard] = useState<ReadonlySet<string>>(new Set());
  useEffect(
    () =>
      onRunChanged(({ runId }) =>
        setHeard((before) => (before.has(runId) ? before : new Set([...before, runId]))),
      ),
    [],
  );
  const count = [...heard].filter((runId) => !known.has(runId)).length;
  return [count, () => setHeard(new Set())];
}
