import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery, RunDetail, RunPage, RunProblemPage, RunQuery } from '@periodic-backup/contracts';
import { getRun, listRunProblems, listRuns, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { RunDetails } from './run-details.js';

const Id = z.uuid('must be a UUID');

@ApiTags('runs')
@ApiProblems(400, 503)
@Controller('api/v1/runs')
export class RunsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly details: RunDetails,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List runs, newest first' })
  @ApiOkResponse({ description: 'A page', standardSchema: RunPage })
  async list(@Query({ schema: RunQuery }) query: z.infer<typeof RunQuery>): Promise<z.infer<typeof RunPage>> {
    const { state, since, until, ...filter } = query;
    return listRuns(this.ledger, {
      ...filter,
      states: state,
      since: since === undefined ? undefined : new Date(since),
      until: until === undefined ? undefined : new Date(until),
    });
  }

  @Get(':id')
  @ApiOperation({
    summary: 'Read a run with its timeline, failed attempts, latest progress and the run before it',
  })
  @ApiOkResponse({ description: 'The run', standardSchema: RunDetail })
  @ApiProblems(404)
  async get(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof RunDetail>> {
    const run = await this.details.of(id);
    if (!run) throw notFound('run', id);
    return run;
  }

  @Get(':id/problems')
  @ApiOperation({ summary: 'List the paths that a run could not store as it should, at most 1000' })
  @ApiOkResponse({ description: 'A page', standardSchema: RunProblemPage })
  @ApiProblems(404)
  async problems(
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: PageQuery }) query: z.infer<typeof PageQuery>,
  ): Promise<z.infer<typeof RunProblemPage>> {
    const page = await listRunProblems(this.ledger, id, query);
    if (page.items.length === 0 && !(await getRun(this.ledger, id))) throw notFound('run', id);
    return page;
  }
}
