import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AgentView, pageOf } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import { AgentRegistry } from './agent-registry.js';

const AgentPage = pageOf(AgentView, 'AgentPage');

@ApiTags('agents')
@ApiProblems(503)
@Controller('api/v1/agents')
export class AgentsController {
  constructor(private readonly registry: AgentRegistry) {}

  @Get()
  @ApiOperation({ summary: 'List every agent ever seen and what it announces now' })
  @ApiOkResponse({ description: 'All of them', standardSchema: AgentPage })
  async list(): Promise<z.infer<typeof AgentPage>> {
    return { items: await this.registry.list(), nextCursor: null };
  }
}
