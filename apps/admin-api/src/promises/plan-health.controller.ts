import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlanHealth, PlanHealthPage, PlanHealthQuery, planHealth } from '@periodic-backup/contracts';
import { planHealthFacts, readPlanHealth, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';

@ApiTags('promises')
@ApiProblems(400, 503)
@Controller('api/v1')
export class PlanHealthController {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  @Get('plan-health')
  @ApiOperation({ summary: 'Say how the plans do, with how many do so; oldest plan first' })
  @ApiOkResponse({ description: 'A page', standardSchema: PlanHealthPage })
  async list(
    @Query({ schema: PlanHealthQuery }) query: z.infer<typeof PlanHealthQuery>,
  ): Promise<z.infer<typeof PlanHealthPage>> {
    return readPlanHealth(this.ledger, query, new Date());
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
}
