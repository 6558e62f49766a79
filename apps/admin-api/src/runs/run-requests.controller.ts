import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { FINAL_RUN_STATES, RunAccepted } from '@periodic-backup/contracts';
import { getRun, getStartRequest, requestCancel, requestStart, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { SchedulerBell } from '../connections/scheduler-bell.js';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { ProblemError, notFound } from '../http/problem.js';

const Id = z.uuid('must be a UUID');

@ApiTags('runs')
@ApiProblems(400, 404, 409, 503)
@Controller('api/v1')
export class RunRequestsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly bell: SchedulerBell,
  ) {}

  @Post('plans/:id/run')
  @HttpCode(202)
  @ApiOperation({ summary: 'Run a plan now, paused or not; refused while a run of it waits already' })
  @ApiAcceptedResponse({ description: 'It will be this run', standardSchema: RunAccepted })
  async start(@Param('id', { schema: Id }) planId: string): Promise<z.infer<typeof RunAccepted>> {
    const answer = await requestStart(this.ledger, planId);
    if (answer.outcome === 'no-plan') throw notFound('plan', planId);
    if (answer.outcome === 'waiting')
      throw new ProblemError(409, `Run ${answer.runId} of this plan waits already: one at a time waits.`, {
        instance: `/api/v1/runs/${answer.runId}`,
      });
    this.bell.runRequested(answer.requestId);
    return { runId: answer.runId };
  }

  @Post('runs/:id/cancel')
  @HttpCode(202)
  @ApiOperation({ summary: 'Stop a run that has not ended' })
  @ApiAcceptedResponse({ description: 'It will be stopped', standardSchema: RunAccepted })
  async cancel(@Param('id', { schema: Id }) runId: string): Promise<z.infer<typeof RunAccepted>> {
    const run = await getRun(this.ledger, runId);
    if (run && (FINAL_RUN_STATES as readonly string[]).includes(run.state))
      throw new ProblemError(409, `Run ${runId} has ended already: it is ${run.state}.`);
    // A start that the scheduler has not seen yet is a run without a row.
    const planId = run?.planId ?? (await getStartRequest(this.ledger, runId))?.planId;
    if (planId === undefined) throw notFound('run', runId);
    const { requestId } = await requestCancel(this.ledger, { runId, planId });
    this.bell.runRequested(requestId);
    return { runId };
  }
}
