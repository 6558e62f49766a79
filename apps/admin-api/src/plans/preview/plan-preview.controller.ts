import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PlanPreview, PlanPreviewRequest } from '@periodic-backup/contracts';
import type { z } from 'zod';
import { ApiProblems } from '../../http/api-answers.js';
import { PlanPreviews } from './plan-previews.js';

interface AskedAt {
  readonly protocol: string;
  readonly host: string;
}

@ApiTags('plans')
@ApiProblems(400, 404, 503)
@Controller('api/v1/plans')
export class PlanPreviewController {
  constructor(private readonly previews: PlanPreviews) {}

  @Post('preview')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Say what saving a plan, or changes of one, would do; as much as can be said of what is filled in',
    description:
      'Answers the errors that saving would be refused with, the next due times, the values with their defaults, what ' +
      'retention would remove of the snapshots there are, and the same plan as commands. Nothing is saved or refused.',
  })
  @ApiOkResponse({ description: 'Nothing has changed', standardSchema: PlanPreview })
  preview(
    @Body({ schema: PlanPreviewRequest }) request: z.infer<typeof PlanPreviewRequest>,
    @Req() { protocol, host }: AskedAt,
  ): Promise<z.infer<typeof PlanPreview>> {
    return this.previews.preview(request, `${protocol}://${host}`);
  }
}
