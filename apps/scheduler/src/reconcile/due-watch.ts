import type { PlanTerms } from '@periodic-backup/ledger';

/**
 * Remembers until when plans owe nothing: a look at all of them, every few seconds, has to ask the ledger only of those
 * that came due since, were changed, or are new. Nothing is lost with it: a process that has just started asks of all.
 */
export class DueWatch {
  #settled = new Map<string, { readonly fingerprint: string; readonly untilMs: number }>();

  /** Those of these plans, which are all, that may owe something at `now`. */
  open(plans: readonly PlanTerms[], now: Date): PlanTerms[] {
    this.#forgetOthers(plans);
    return plans.filter(({ id, fingerprint }) => {
      const settled = this.#settled.get(id);
      return settled?.fingerprint !== fingerprint || settled.untilMs <= now.getTime();
    });
  }

  /** Nothing is owed before `until`, unless the plan changes. */
  settle({ id, fingerprint }: PlanTerms, until: Date): void {
    this.#settled.set(id, { fingerprint, untilMs: until.getTime() });
  }

  #forgetOthers(plans: readonly PlanTerms[]): void {
    if (this.#settled.size <= plans.length) return;
    const ids = new Set(plans.map(({ id }) => id));
    for (const id of this.#settled.keys()) if (!ids.has(id)) this.#settled.delete(id);
  }
}
