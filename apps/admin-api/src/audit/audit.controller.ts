import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditPage, AuditQuery, AuditVerification, AuditVerifyQuery } from '@periodic-backup/contracts';
import { listAudit, verifyAudit, type Ledger } from '@periodic-backup/ledger';
import type { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';

@ApiTags('access')
@ApiProblems(400, 503)
@Controller('api/v1/audit')
export class AuditController {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  @Get()
  @ApiOperation({ summary: 'List what was done and what was refused, newest first' })
  @ApiOkResponse({ description: 'A page', standardSchema: AuditPage })
  list(@Query({ schema: AuditQuery }) query: z.infer<typeof AuditQuery>): Promise<z.infer<typeof AuditPage>> {
    const { since, until, ...filter } = query;
    return listAudit(this.ledger, {
      ...filter,
      since: since === undefined ? undefined : new Date(since),
      until: until === undefined ? undefined : new Date(until),
    });
  }

  @Get('verify')
  @ApiOperation({
    summary: 'Check the whole log: every entry is as it was written, and none is missing',
    description:
      'Only a `head` that was noted elsewhere, such as in the log of the API, can show that entries were cut off at the end.',
  })
  @ApiOkResponse({ description: 'What was found', standardSchema: AuditVerification })
  verify(
    @Query({ schema: AuditVerifyQuery }) { head }: z.infer<typeof AuditVerifyQuery>,
  ): Promise<z.infer<typeof AuditVerification>> {
    const [sequence, hash = ''] = head?.split(':') ?? [];
    return verifyAudit(this.ledger, sequence === undefined ? null : { sequence: Number(sequence), hash });
  }
}
