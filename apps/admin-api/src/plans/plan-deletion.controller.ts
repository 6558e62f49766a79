import { Controller, Delete, Get, Inject, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlanDeletion, deletionSentences } from '@periodic-backup/contracts';
import { deletePlan, planBelongings, type Ledger, type PlanBelongings } from '@periodic-backup/ledger';
import { z } from 'zod';
import { SchedulerBell } from '../connections/scheduler-bell.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';

const Id = z.uuid('must be a UUID');

@ApiTags('plans')
@ApiProblems(400, 404, 503)
@Controller('api/v1/plans')
export class PlanDeletionController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly bell: SchedulerBell,
  ) {}

  @Get(':id/deletion')
  @ApiOperation({ summary: 'Say what deleting a plan would do, or did: nothing that could not be undone' })
  @ApiOkResponse({ description: 'In sentences and numbers', standardSchema: PlanDeletion })
  async preview(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof PlanDeletion>> {
    const belongings = await planBelongings(this.ledger, id);
    if (!belongings) throw notFound('plan', id);
    return toDeletion(belongings);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'End a plan; its runs and snapshots stay, and it can be brought back' })
  @ApiOkResponse({ description: 'It is ended, with what that means', standardSchema: PlanDeletion })
  async end(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof PlanDeletion>> {
    if (!(await deletePlan(this.ledger, id))) throw notFound('plan', id);
    this.bell.planChanged(id);
    return this.preview(id);
  }
}

function toDeletion({ plan, snapshots, openRuns }: PlanBelongings): PlanDeletion {
  return {
    planId: plan.id,
    planName: plan.name,
    agentId: plan.agentId,
    deletedAt: plan.deletedAt?.toISOString() ?? null,
    sentences: deletionSentences({ plan, snapshots, openRuns }),
    ...{ snapshots, openRuns },
  };
}
