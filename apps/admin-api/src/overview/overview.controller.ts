import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Overview } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import { Overviews } from './overviews.js';

@ApiTags('overview')
@ApiProblems(503)
@Controller('api/v1/overview')
export class OverviewController {
  constructor(private readonly overviews: Overviews) {}

  @Get()
  @ApiOperation({
    summary: 'Say in one answer whether everything is safe, and what wants attention',
    description: 'Bounded in size: lists are cut off, their totals are not.',
  })
  @ApiOkResponse({ description: 'As it is now', standardSchema: Overview })
  overview(): Promise<z.infer<typeof Overview>> {
    return this.overviews.now();
  }
}
