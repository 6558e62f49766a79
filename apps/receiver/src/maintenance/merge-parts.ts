import type { TaskResult } from '@periodic-backup/contracts';
import type { PartResult } from './part-board.js';

const MOST_DAMAGES = 1000;

/** What the parts of a verification found together. */
export function mergeParts(
  snapshots: readonly string[],
  parts: readonly PartResult[],
): Extract<TaskResult, { kind: 'verify' }> {
  const damages = parts.flatMap((part) => part.damages);
  const damageCount = sum(parts, 'damageCount');
  const damaged = new Set(damages.map(({ snapshot }) => snapshot));
  // Of damages that are counted but not listed nobody knows the snapshot: none is called good then.
  const allListed = parts.every((part) => part.damageCount <= part.damages.length);
  return {
    kind: 'verify',
    verified: allListed ? snapshots.filter((snapshot) => !damaged.has(snapshot)) : [],
    filesRead: sum(parts, 'filesRead'),
    bytesRead: sum(parts, 'bytesRead'),
    damages: damages.slice(0, MOST_DAMAGES),
    damageCount,
  };
}

function sum(parts: readonly PartResult[], member: 'damageCount' | 'filesRead' | 'bytesRead'): number {
  return parts.reduce((total, part) => total + part[member], 0);
}
