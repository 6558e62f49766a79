import { randomInt } from 'node:crypto';
import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  DrillPage,
  DrillRequest,
  PageQuery,
  RestoreRequest,
  RunAccepted,
  VerifyRequest,
} from '@periodic-backup/contracts';
import { listRuns, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { SnapshotShelf } from '../snapshots/snapshot-shelf.js';
import { drillViews } from './drill-views.js';
import { TaskDesk } from './task-desk.js';
import { TaskMaker } from './task-maker.js';

const Id = z.uuid('must be a UUID');
const SEEDS = 2 ** 32;

@ApiTags('tasks')
@ApiProblems(400, 404, 503)
@Controller('api/v1')
export class TaskRequestsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly shelf: SnapshotShelf,
    private readonly maker: TaskMaker,
    private readonly desk: TaskDesk,
  ) {}

  @Post('snapshots/:id/restore')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Restore a snapshot or chosen paths of it on an agent; a dry run says what would happen',
  })
  @ApiAcceptedResponse({ description: 'It will be this run', standardSchema: RunAccepted })
  @ApiProblems(410, 422)
  async restore(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: RestoreRequest }) request: z.infer<typeof RestoreRequest>,
  ): Promise<z.infer<typeof RunAccepted>> {
    const snapshot = await this.shelf.take(id);
    return this.desk.accept(snapshot.planId, await this.maker.restore(request, snapshot));
  }

  @Post('snapshots/:id/verify')
  @HttpCode(202)
  @ApiOperation({ summary: 'Read every byte of a snapshot again and compare it with its manifest' })
  @ApiAcceptedResponse({ description: 'It will be this run', standardSchema: RunAccepted })
  @ApiProblems(409, 410)
  async verifySnapshot(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: VerifyRequest.optional() }) request?: z.infer<typeof VerifyRequest>,
  ): Promise<z.infer<typeof RunAccepted>> {
    const { planId, snapshot } = await this.shelf.take(id);
    const bytesPerSecond = request?.bytesPerSecond ?? null;
    return this.desk.accept(planId, { kind: 'verify', snapshots: [snapshot], bytesPerSecond });
  }

  @Post('plans/:id/verify')
  @HttpCode(202)
  @ApiOperation({ summary: 'The same for every snapshot of a plan; content that several share is read once' })
  @ApiAcceptedResponse({ description: 'It will be this run', standardSchema: RunAccepted })
  @ApiProblems(409)
  async verifyPlan(
    @Param('id', { schema: Id }) planId: string,
    @Body({ schema: VerifyRequest.optional() }) request?: z.infer<typeof VerifyRequest>,
  ): Promise<z.infer<typeof RunAccepted>> {
    const bytesPerSecond = request?.bytesPerSecond ?? null;
    return this.desk.accept(planId, { kind: 'verify', snapshots: null, bytesPerSecond });
  }

  @Post('plans/:id/drill')
  @HttpCode(202)
  @ApiOperation({ summary: 'Restore a snapshot or a sample of it to nowhere, and measure how long it takes' })
  @ApiAcceptedResponse({ description: 'It will be this run', standardSchema: RunAccepted })
  @ApiProblems(409, 410, 422)
  async drill(
    @Param('id', { schema: Id }) planId: string,
    @Body({ schema: DrillRequest.optional() }) request?: z.infer<typeof DrillRequest>,
  ): Promise<z.infer<typeof RunAccepted>> {
    const wanted = request ?? DrillRequest.parse({});
    const seed = wanted.seed ?? randomInt(SEEDS);
    return this.desk.accept(planId, await this.maker.drill(planId, { ...wanted, seed }));
  }

  @Get('plans/:id/drills')
  @ApiOperation({ summary: 'List the drills of a plan, newest first, with the restore times they measured' })
  @ApiOkResponse({ description: 'A page', standardSchema: DrillPage })
  async drills(
    @Param('id', { schema: Id }) planId: string,
    @Query({ schema: PageQuery }) query: z.infer<typeof PageQuery>,
  ): Promise<z.infer<typeof DrillPage>> {
    const { items, nextCursor } = await listRuns(this.ledger, { ...query, planId, kind: 'drill' });
    return { items: drillViews(items), nextCursor };
  }
}
