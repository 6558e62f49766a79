import { Inject, Injectable } from '@nestjs/common';
import type { RunProgress } from '@periodic-backup/contracts';
import { getRunOwner, type Ledger } from '@periodic-backup/ledger';
import { LEDGER } from '../connections/tokens.js';

const REMEMBERED = 10_000;
/** Whoever tells of runs that do not exist must not keep the ledger busy. */
const MOST_QUESTIONS = 20;

type Owner = { readonly agentId: string; readonly planId: string } | null;

/** Knows whose runs are whose: an agent may tell of its own ones only, whatever it writes. */
@Injectable()
export class RunOwners {
  readonly #known = new Map<string, Owner>();
  #asking = 0;

  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  /** Whether this agent does this run of this plan. False also while there are too many such questions. */
  async owns(agentId: string, { runId, planId }: Pick<RunProgress, 'runId' | 'planId'>): Promise<boolean> {
    const owner = this.#known.has(runId) ? this.#known.get(runId) : await this.#ask(runId);
    return owner?.agentId === agentId && owner.planId === planId;
  }

  async #ask(runId: string): Promise<Owner> {
    if (this.#asking >= MOST_QUESTIONS) return null;
    this.#asking++;
    try {
      const owner = await getRunOwner(this.ledger, runId);
      this.#known.set(runId, owner);
      const [oldest] = this.#known.keys();
      if (this.#known.size > REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
      return owner;
    } catch {
      return null;
    } finally {
      this.#asking--;
    }
  }
}
