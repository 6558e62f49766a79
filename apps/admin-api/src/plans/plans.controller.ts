import { Body, Controller, Get, HttpCode, Inject, Param, Patch, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AgentId,
  FolderName,
  PlanQuery,
  Plan,
  PlanByName,
  PlanRequest,
  PlanPage,
  PlanPatch,
} from '@periodic-backup/contracts';
import {
  getPlan,
  listPlans,
  pausePlan,
  plansInHealth,
  resumePlan,
  toPlan,
  type Ledger,
} from '@periodic-backup/ledger';
import { z } from 'zod';
import { AskedBy, onlySeen, type Caller } from '../access/caller.js';
import { SchedulerBell } from '../connections/scheduler-bell.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { PlanBook } from './plan-book.js';
import { planNamed } from './plan-by-name.js';

const Id = z.uuid('must be a UUID');

@ApiTags('plans')
@ApiProblems(400, 503)
@Controller('api/v1/plans')
export class PlansController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly book: PlanBook,
    private readonly bell: SchedulerBell,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Add a plan' })
  @ApiCreatedResponse({ description: 'The plan', standardSchema: Plan })
  @ApiProblems(409, 422)
  async add(@Body({ schema: PlanRequest }) plan: z.infer<typeof PlanRequest>): Promise<z.infer<typeof Plan>> {
    return toPlan(await this.book.add(plan));
  }

  @Put('by-name/:agentId/:name')
  @ApiOperation({ summary: "Have an agent's plan of that name be as described; never doubles" })
  @ApiOkResponse({ description: 'It was there and is now as described', standardSchema: Plan })
  @ApiCreatedResponse({ description: 'It is new', standardSchema: Plan })
  @ApiProblems(409, 422)
  async put(
    @Param('agentId', { schema: AgentId }) agentId: string,
    @Param('name', { schema: FolderName }) name: string,
    @Body({ schema: PlanByName }) body: z.infer<typeof PlanByName>,
    @AskedBy() caller: Caller,
    @Res({ passthrough: true }) reply: { code(status: number): unknown },
  ): Promise<z.infer<typeof Plan>> {
    const { row, created } = await this.book.put(planNamed(agentId, name, body), caller);
    reply.code(created ? 201 : 200);
    return toPlan(row);
  }

  @Get()
  @ApiOperation({ summary: 'List plans that fit, oldest first or by name, with all that fit counted' })
  @ApiOkResponse({ description: 'A page', standardSchema: PlanPage })
  async list(
    @Query({ schema: PlanQuery }) query: z.infer<typeof PlanQuery>,
    @AskedBy() caller: Caller,
  ): Promise<z.infer<typeof PlanPage>> {
    const { health, ...filter } = query;
    const inHealth = health && (await plansInHealth(this.ledger, health, new Date()));
    const planIds = inHealth ? onlySeen(caller, inHealth) : caller.planIds ? [...caller.planIds] : undefined;
    const { items, ...page } = await listPlans(this.ledger, { ...filter, planIds });
    return { ...page, items: items.map((row) => toPlan(row)) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a plan' })
  @ApiOkResponse({ description: 'The plan', standardSchema: Plan })
  @ApiProblems(404)
  async get(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof Plan>> {
    const row = await getPlan(this.ledger, id);
    if (!row) throw notFound('plan', id);
    return toPlan(row);
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Change a plan; what is left out stays' })
  @ApiOkResponse({ description: 'The plan', standardSchema: Plan })
  @ApiProblems(404, 422)
  async change(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: PlanPatch }) patch: z.infer<typeof PlanPatch>,
    @AskedBy() caller: Caller,
  ): Promise<z.infer<typeof Plan>> {
    return toPlan(await this.book.change(id, patch, caller));
  }

  @Post(':id/pause')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a plan fall due no more, until it is resumed' })
  @ApiOkResponse({ description: 'The plan', standardSchema: Plan })
  @ApiProblems(404)
  async pause(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof Plan>> {
    const row = await pausePlan(this.ledger, id);
    if (!row) throw notFound('plan', id);
    this.bell.planChanged(id);
    return toPlan(row);
  }

  @Post(':id/resume')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a plan fall due again, from now on' })
  @ApiOkResponse({ description: 'The plan', standardSchema: Plan })
  @ApiProblems(404)
  async resume(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof Plan>> {
    const row = await resumePlan(this.ledger, id);
    if (!row) throw notFound('plan', id);
    this.bell.planChanged(id);
    return toPlan(row);
  }
}
