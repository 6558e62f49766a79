import type { TaskResult } from '@periodic-backup/contracts';

export interface TaskOutcome {
  readonly state: 'committed' | 'partial';
  readonly reason: string | null;
}

/** How a task with a result ends: all done, or with something that a person should look at. */
export function taskOutcome(result: TaskResult, problems: number): TaskOutcome {
  const found = [finding(result), problemsInWords(result.kind, problems)].filter((text) => text !== null);
  return found.length === 0
    ? { state: 'committed', reason: null }
    : { state: 'partial', reason: found.join(' ') };
}

function finding(result: TaskResult): string | null {
  switch (result.kind) {
    case 'verify': {
      const { damageCount, damages } = result;
      if (damageCount === 0 && damages.length === 0) return null;
      const where = [...new Set(damages.map(({ snapshot }) => snapshot))].sort();
      return `${counted(Math.max(damageCount, damages.length), 'damage was', 'damages were')} found in ${listed(where)}.`;
    }
    case 'prune': {
      const [first] = result.kept;
      if (!first) return null;
      const why = first.reason.replace(/\.*$/, '.');
      return `${counted(result.kept.length, 'snapshot was', 'snapshots were')} kept. ${first.snapshot}: ${why}`;
    }
    case 'restore':
    case 'drill':
      return null;
  }
}

const VERBS: Record<TaskResult['kind'], string> = {
  restore: 'restored',
  drill: 'restored',
  verify: 'read',
  prune: 'removed',
};

function problemsInWords(kind: TaskResult['kind'], problems: number): string | null {
  if (problems === 0) return null;
  return problems === 1
    ? `One path could not be ${VERBS[kind]} as it should.`
    : `${problems} paths could not be ${VERBS[kind]} as they should.`;
}

function counted(count: number, one: string, many: string): string {
  return count === 1 ? `One ${one}` : `${count} ${many}`;
}

function listed(snapshots: readonly string[]): string {
  const [first, second, ...more] = snapshots;
  if (first === undefined) return 'the vault';
  if (second === undefined) return first;
  return more.length === 0 ? `${first} and ${second}` : `${first}, ${second} and ${more.length} more`;
}
