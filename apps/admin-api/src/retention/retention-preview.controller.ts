import { Body, Controller, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { RetentionPreview, RetentionPreviewQuery, RetentionTrial } from '@periodic-backup/contracts';
import { getPlan, snapshotsForRetention, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { previewOf } from './preview-of.js';

@ApiTags('retention')
@ApiProblems(400, 404, 503)
@Controller('api/v1/plans')
export class RetentionPreviewController {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  @Post(':id/retention/preview')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Say which snapshots of a plan would go under a retention policy, and by which rule the others stay',
  })
  @ApiOkResponse({ description: 'Nothing is removed by asking', standardSchema: RetentionPreview })
  async preview(
    @Param('id', { schema: z.uuid('must be a UUID') }) planId: string,
    @Body({ schema: RetentionTrial }) { retention }: z.infer<typeof RetentionTrial>,
    @Query({ schema: RetentionPreviewQuery }) query: z.infer<typeof RetentionPreviewQuery>,
  ): Promise<z.infer<typeof RetentionPreview>> {
    const plan = await getPlan(this.ledger, planId);
    if (!plan) throw notFound('plan', planId);
    const snapshots = await snapshotsForRetention(this.ledger, planId);
    return previewOf({ plan, snapshots, policy: retention, now: new Date() }, query);
  }
}
