import { Inject, Injectable } from '@nestjs/common';
import type { PlansOfRoute } from '@periodic-backup/contracts';
import { getRun, getSnapshot, getStartRequest, type Ledger } from '@periodic-backup/ledger';
import { LEDGER } from '../connections/tokens.js';
import type { ArrivedRequest } from '../http/arrived-request.js';
import { ProblemError } from '../http/problem.js';
import type { Caller } from './caller.js';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Keeps callers who may only see some plans to what belongs to those. */
@Injectable()
export class PlanLimits {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  /** @throws ProblemError 403 */
  async check(
    { planIds }: Caller,
    plans: PlansOfRoute | null,
    { params, query }: ArrivedRequest,
  ): Promise<void> {
    if (planIds === null || plans === 'no' || plans === 'answer leaves out') return;
    if (plans === null) throw limited('it is not about one of them');
    const asked = await this.#plansOf(plans, params as Params, query as Query);
    if (asked.length === 0) throw limited('name one of them as planId');
    // What does not exist belongs to none of them: the answer is the same, so that nobody learns what else there is.
    if (!asked.every((id) => id !== null && planIds.has(id.toLowerCase())))
      throw limited('what you ask for belongs to none of them');
  }

  async #plansOf(
    plans: Exclude<PlansOfRoute, 'no' | 'answer leaves out'>,
    { id, otherId }: Params,
    { planId }: Query,
  ): Promise<(string | null)[]> {
    switch (plans) {
      case 'id is a plan':
        return [id ?? null];
      case 'planId in query':
        return planId === undefined ? [] : [planId].flat().map(String);
      case 'id is a run':
        return [await this.#planOfRun(id)];
      case 'id is a snapshot':
        return Promise.all(
          [id, ...(otherId === undefined ? [] : [otherId])].map((one) => this.#planOfSnapshot(one)),
        );
    }
  }

  async #planOfRun(id: string | undefined): Promise<string | null> {
    if (!isId(id)) return null;
    return (
      (await getRun(this.ledger, id))?.planId ?? (await getStartRequest(this.ledger, id))?.planId ?? null
    );
  }

  async #planOfSnapshot(id: string | undefined): Promise<string | null> {
    return isId(id) ? ((await getSnapshot(this.ledger, id))?.planId ?? null) : null;
  }
}

interface Params {
  readonly id?: string;
  readonly otherId?: string;
}
interface Query {
  readonly planId?: unknown;
}

const isId = (id: string | undefined): id is string => id !== undefined && UUID.test(id);

function limited(why: string): ProblemError {
  return new ProblemError(403, `This token is limited to some plans: ${why}.`);
}
