import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlanHealth, PlanHealthPage, PlanHealthQuery, planHealth } from '@periodic-backup/contracts';
import {
  judgePlans,
  pageOfHealth,
  planHealthFacts,
  type JudgedPlan,
  type Ledger,
} from '@periodic-backup/ledger';
import { z } from 'zod';
import { AskedBy, onlySeen, type Caller } from '../access/caller.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';

/** Further pages are cut out of what the first one saw: whoever pages through thousands sees one moment. */
const PAGING_MS = 30_000;

@ApiTags('promises')
@ApiProblems(400, 503)
@Controller('api/v1')
export class PlanHealthController {
  #seen: { readonly at: number; readonly judged: readonly JudgedPlan[] } = { at: -Infinity, judged: [] };

  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  @Get('plan-health')
  @ApiOperation({ summary: 'Say how the plans do, with how many do so; oldest plan first' })
  @ApiOkResponse({ description: 'A page', standardSchema: PlanHealthPage })
  async list(
    @Query({ schema: PlanHealthQuery }) query: z.infer<typeof PlanHealthQuery>,
    @AskedBy() caller: Caller,
  ): Promise<z.infer<typeof PlanHealthPage>> {
    const { planIds } = query;
    if (planIds !== undefined) return pageOfHealth(await this.#judge(onlySeen(caller, planIds)), query);
    if (query.cursor === undefined || performance.now() - this.#seen.at > PAGING_MS)
      this.#seen = { at: performance.now(), judged: await judgePlans(this.ledger, new Date()) };
    const { judged } = this.#seen;
    const { planIds: seen } = caller;
    return pageOfHealth(seen ? judged.filter(({ plan }) => seen.has(plan.planId)) : judged, query);
  }

  @Get('plans/:id/health')
  @ApiOperation({ summary: 'Say how a plan does, and why' })
  @ApiOkResponse({ description: 'Its state and the sentence that explains it', standardSchema: PlanHealth })
  @ApiProblems(404)
  async get(
    @Param('id', { schema: z.uuid('must be a UUID') }) id: string,
  ): Promise<z.infer<typeof PlanHealth>> {
    const [facts] = await planHealthFacts(this.ledger, [id]);
    if (!facts) throw notFound('plan', id);
    return planHealth(facts, new Date());
  }

  /** A few are looked at without all others. */
  async #judge(planIds: readonly string[]): Promise<JudgedPlan[]> {
    const now = new Date();
    const facts = await planHealthFacts(this.ledger, planIds);
    return facts.map((plan) => ({ plan, health: planHealth(plan, now) }));
  }
}
