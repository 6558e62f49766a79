import type { TaskResult } from '@periodic-backup/contracts';
import { showPath } from '@periodic-backup/local-files';
import type { Decision } from './conflicts.js';

type Result = Extract<TaskResult, { kind: 'restore' }>;

/** A dry run lists so many of the entries it would touch; the counts are exact. */
const PLAN_KEPT = 1000;

/** What happened to the entries of a restore, or would happen. */
export class RestoreResult {
  readonly #counts = { created: 0, overwritten: 0, skipped: 0, renamed: 0, unchanged: 0 };
  readonly #plan: Result['plan'] = [];

  /** Begins anew: another attempt looks at every entry again. */
  restart(): void {
    for (const key of Object.keys(this.#counts) as Decision['counts'][]) this.#counts[key] = 0;
    this.#plan.length = 0;
  }

  count({ counts }: Pick<Decision, 'counts'>): void {
    this.#counts[counts]++;
  }

  /** Notes what a dry run would do. */
  plan(path: Buffer, { action, target }: Decision): void {
    if (action === 'unchanged' || this.#plan.length >= PLAN_KEPT) return;
    this.#plan.push({
      path: showPath(path),
      action: action === 'rename' ? `rename to ${showPath(target)}` : action,
    });
  }

  get taskResult(): Result {
    return { kind: 'restore', ...this.#counts, plan: [...this.#plan] };
  }
}
