import type { Task } from '@periodic-backup/contracts';
import type { RunRow } from '@periodic-backup/ledger';

/** A run that is no backup. */
export type TaskRun = RunRow & { readonly kind: Task['kind']; readonly task: Task };

/** The row as a task; null for a backup. */
export function asTask(run: RunRow | null): TaskRun | null {
  return run && run.kind !== 'backup' && run.task ? (run as TaskRun) : null;
}

/** Restores and drills are an agent's work, the others the vault's own. */
export function isAgentWork(task: Task): task is Extract<Task, { kind: 'restore' | 'drill' }> {
  return task.kind === 'restore' || task.kind === 'drill';
}

/** What sentences call it. */
export const TASK_WORDS: Record<Task['kind'], string> = {
  restore: 'restore',
  drill: 'drill',
  verify: 'verification',
  prune: 'removal of snapshots',
};
