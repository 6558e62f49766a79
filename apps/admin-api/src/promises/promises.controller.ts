import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PeriodQuery, PlanPromises, Promises, PromisesQuery } from '@periodic-backup/contracts';
import { readPlanPromises, readPromises, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { periodOf } from './period-of.js';

/** The ledger of promises: what was due, and what came of it. */
@ApiTags('promises')
@ApiProblems(400, 503)
@Controller('api/v1')
export class PromisesController {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  @Get('promises')
  @ApiOperation({
    summary: 'Say how all plans kept their promises in a period, with a page of them one by one',
  })
  @ApiOkResponse({ description: 'Sums and a page', standardSchema: Promises })
  async all(
    @Query({ schema: PromisesQuery }) { limit, cursor, ...period }: z.infer<typeof PromisesQuery>,
  ): Promise<z.infer<typeof Promises>> {
    return readPromises(this.ledger, { limit, cursor }, periodOf(period));
  }

  @Get('plans/:id/promises')
  @ApiOperation({ summary: 'Say what of a plan was expected in a period, and what was kept of it' })
  @ApiOkResponse({ description: 'Counts, reasons, gaps', standardSchema: PlanPromises })
  @ApiProblems(404)
  async ofPlan(
    @Param('id', { schema: z.uuid('must be a UUID') }) id: string,
    @Query({ schema: PeriodQuery }) period: z.infer<typeof PeriodQuery>,
  ): Promise<z.infer<typeof PlanPromises>> {
    const promises = await readPlanPromises(this.ledger, id, periodOf(period));
    if (!promises) throw notFound('plan', id);
    return promises;
  }
}
