import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DiffPage, DiffQuery, EntryPage, EntryQuery } from '@periodic-backup/contracts';
import { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import { SnapshotShelf } from '../snapshots/snapshot-shelf.js';
import { diffSnapshots } from './diff-snapshots.js';
import { goneSignal, type RawReply } from './gone-signal.js';
import { listDirectory } from './list-directory.js';
import { ReaderPool } from './reader-pool.js';
import { pathOfQuery } from './snapshot-paths.js';

const Id = z.uuid('must be a UUID');
const BUDGET_MS = 5_000;

@ApiTags('snapshots')
@ApiProblems(400, 404, 410, 422, 501, 503)
@Controller('api/v1/snapshots')
export class BrowseController {
  constructor(
    private readonly shelf: SnapshotShelf,
    private readonly pool: ReaderPool,
  ) {}

  @Get(':id/entries')
  @ApiOperation({ summary: 'List a directory of a snapshot' })
  @ApiOkResponse({ description: 'A page', standardSchema: EntryPage })
  async entries(
    @Param('id', { schema: Id }) id: string,
    @Query({ schema: EntryQuery }) query: z.infer<typeof EntryQuery>,
    @Res({ passthrough: true }) reply: RawReply,
  ): Promise<z.infer<typeof EntryPage>> {
    const directory = pathOfQuery(query);
    const snapshot = await this.shelf.take(id);
    return this.pool.with(snapshot, goneSignal(reply), (reading) => listDirectory(reading, directory, query));
  }

  @Get(':id/diff/:otherId')
  @ApiOperation({
    summary: 'List what differs from another, usually later, snapshot, in the order of paths',
    description:
      'A page may hold less than `limit`, even nothing, and still have a next one: its time was up.',
  })
  @ApiOkResponse({ description: 'A page', standardSchema: DiffPage })
  async diff(
    @Param('id', { schema: Id }) id: string,
    @Param('otherId', { schema: Id }) otherId: string,
    @Query({ schema: DiffQuery }) query: z.infer<typeof DiffQuery>,
    @Res({ passthrough: true }) reply: RawReply,
  ): Promise<z.infer<typeof DiffPage>> {
    const below = pathOfQuery(query);
    const [before, after] = await Promise.all([this.shelf.take(id), this.shelf.take(otherId)]);
    const signal = goneSignal(reply);
    return this.pool.with(before, signal, (left) =>
      this.pool.with(after, signal, (right) =>
        diffSnapshots(left, right, { ...query, below, budgetMs: BUDGET_MS }),
      ),
    );
  }
}
