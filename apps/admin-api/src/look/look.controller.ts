import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AgentId,
  DirectoryCheck,
  DirectoryCheckRequest,
  DirectoryListing,
  DirectoryQuery,
  Estimate,
  EstimateRequest,
} from '@periodic-backup/contracts';
import type { z } from 'zod';
import { goneSignal, type RawReply } from '../browse/gone-signal.js';
import { ApiProblems } from '../http/api-answers.js';
import { AgentAsker } from './agent-asker.js';
import { pathOfQuery } from './path-of-query.js';

/** A directory on a slow disk or network file system. */
const WAIT_MS = 15_000;
/** On top of the time that an estimate may take: the way to the agent and back. */
const WAY_MS = 5_000;

@ApiTags('agents')
@ApiProblems(400, 404, 422, 501, 503, 504)
@Controller('api/v1/agents')
export class LookController {
  constructor(private readonly asker: AgentAsker) {}

  @Get(':id/directories')
  @ApiOperation({
    summary: "List one of an agent's directories, or without a path those that it may use, as they are now",
    description:
      'Asked through the agent, which shows nothing outside of ALLOWED_DIRS, BACKUP_DIRS and RESTORE_DIRS. With ' +
      '`sourceDir` and `exclude` (repeatable) every item says which of the excludes leaves it out.',
  })
  @ApiOkResponse({ description: 'A page, directories first', standardSchema: DirectoryListing })
  async directories(
    @Param('id', { schema: AgentId }) id: string,
    @Query({ schema: DirectoryQuery }) query: z.infer<typeof DirectoryQuery>,
    @Res({ passthrough: true }) reply: RawReply,
  ): Promise<z.infer<typeof DirectoryListing>> {
    const { limit, cursor = null, only, sourceDir, exclude } = query;
    const { listing } = await this.asker.ask(
      id,
      {
        kind: 'directory',
        ...{ path: pathOfQuery(query), limit, cursor, onlyDirectories: only === 'directories' },
        excludes: sourceDir === undefined ? null : { sourceDir, rules: exclude },
      },
      { waitMs: WAIT_MS, gone: goneSignal(reply) },
    );
    return listing;
  }

  @Post(':id/estimate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Say what a plan with such a source and excludes would take, by the walk of the backup itself',
    description:
      'Answers after `budgetMs` at the latest, then with `complete: false` and what was seen. Ends when the client goes away.',
  })
  @ApiOkResponse({
    description: 'Figures and samples, with the exclude that matched',
    standardSchema: Estimate,
  })
  async estimate(
    @Param('id', { schema: AgentId }) id: string,
    @Body({ schema: EstimateRequest }) request: z.infer<typeof EstimateRequest>,
    @Res({ passthrough: true }) reply: RawReply,
  ): Promise<z.infer<typeof Estimate>> {
    const { planId: _plan, ...question } = request;
    const { estimate } = await this.asker.ask(
      id,
      { kind: 'estimate', ...question },
      { waitMs: request.budgetMs + WAY_MS, gone: goneSignal(reply) },
    );
    return estimate;
  }

  @Post(':id/check')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Check source, backup directory or destination by the checks that a run goes through on that agent',
  })
  @ApiOkResponse({ description: 'What stands in the way, by field', standardSchema: DirectoryCheck })
  async check(
    @Param('id', { schema: AgentId }) id: string,
    @Body({ schema: DirectoryCheckRequest }) request: z.infer<typeof DirectoryCheckRequest>,
    @Res({ passthrough: true }) reply: RawReply,
  ): Promise<z.infer<typeof DirectoryCheck>> {
    const { check } = await this.asker.ask(
      id,
      { kind: 'check', ...request },
      { waitMs: WAIT_MS, gone: goneSignal(reply) },
    );
    return check;
  }
}
