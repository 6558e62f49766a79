import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { PageQuery, SnapshotView, pageOf } from '@periodic-backup/contracts';
import { listSnapshots, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';

const SnapshotPage = pageOf(SnapshotView, 'SnapshotPage');
const SnapshotQuery = PageQuery.extend({ planId: z.uuid().optional() });

@ApiTags('snapshots')
@ApiProblems(400, 503)
@Controller('api/v1/snapshots')
export class SnapshotsController {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  @Get()
  @ApiOperation({ summary: 'List snapshots, newest first' })
  @ApiOkResponse({ description: 'A page', standardSchema: SnapshotPage })
  async list(
    @Query({ schema: SnapshotQuery }) query: z.infer<typeof SnapshotQuery>,
  ): Promise<z.infer<typeof SnapshotPage>> {
    return listSnapshots(this.ledger, query);
  }
}
