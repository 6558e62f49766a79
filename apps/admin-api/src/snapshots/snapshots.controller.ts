import { Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { SnapshotPage, SnapshotQuery, SnapshotView } from '@periodic-backup/contracts';
import { listSnapshots, pinSnapshot, unpinSnapshot, type Ledger } from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { SnapshotShelf } from './snapshot-shelf.js';

const Id = z.uuid('must be a UUID');

@ApiTags('snapshots')
@ApiProblems(400, 503)
@Controller('api/v1/snapshots')
export class SnapshotsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly shelf: SnapshotShelf,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List snapshots, newest first' })
  @ApiOkResponse({ description: 'A page', standardSchema: SnapshotPage })
  async list(
    @Query({ schema: SnapshotQuery }) query: z.infer<typeof SnapshotQuery>,
  ): Promise<z.infer<typeof SnapshotPage>> {
    return listSnapshots(this.ledger, query);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a snapshot; also one that was removed' })
  @ApiOkResponse({ description: 'The snapshot', standardSchema: SnapshotView })
  @ApiProblems(404)
  get(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof SnapshotView>> {
    return this.shelf.find(id);
  }

  @Put(':id/pin')
  @ApiOperation({ summary: 'Keep a snapshot, whatever the retention says' })
  @ApiOkResponse({ description: 'The snapshot', standardSchema: SnapshotView })
  @ApiProblems(404, 410)
  async pin(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof SnapshotView>> {
    const snapshot = await this.shelf.take(id);
    await pinSnapshot(this.ledger, id);
    return { ...snapshot, pinned: true };
  }

  @Delete(':id/pin')
  @HttpCode(204)
  @ApiOperation({ summary: 'Let the retention decide again' })
  @ApiNoContentResponse({ description: 'It is not pinned' })
  @ApiProblems(404)
  async unpin(@Param('id', { schema: Id }) id: string): Promise<void> {
    await this.shelf.find(id);
    await unpinSnapshot(this.ledger, id);
  }
}
