import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AgentChange, AgentId, AgentPage, AgentView } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import { AgentRegistry } from './agent-registry.js';

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

  @Get(':id')
  @ApiOperation({ summary: 'Read an agent' })
  @ApiOkResponse({ description: 'The agent', standardSchema: AgentView })
  @ApiProblems(400, 404)
  get(@Param('id', { schema: AgentId }) id: string): Promise<z.infer<typeof AgentView>> {
    return this.registry.get(id);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Limit the bandwidth of all runs of an agent together, by a timetable if wanted' })
  @ApiOkResponse({ description: 'The agent; it obeys from its next run on', standardSchema: AgentView })
  @ApiProblems(400, 404)
  change(
    @Param('id', { schema: AgentId }) id: string,
    @Body({ schema: AgentChange }) { bandwidth }: z.infer<typeof AgentChange>,
  ): Promise<z.infer<typeof AgentView>> {
    return this.registry.setBandwidth(id, bandwidth);
  }
}
