import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ContentQuery, type SnapshotView } from '@periodic-backup/contracts';
import { AskedBy, type Caller } from '../../access/caller.js';
import { AuditLog } from '../../audit/audit-log.js';
import type { Logger } from '@periodic-backup/platform';
import { z } from 'zod';
import { LOGGER } from '../../connections/tokens.js';
import { ApiProblems } from '../../http/api-answers.js';
import { SnapshotShelf } from '../../snapshots/snapshot-shelf.js';
import { goneSignal } from '../gone-signal.js';
import { ReaderPool } from '../reader-pool.js';
import type { Reading } from '../reading.js';
import { pathsOfQuery, shown } from '../snapshot-paths.js';
import { archiveAnswer, chooseEntries } from './archive-answer.js';
import { contentEntry, fileAnswer, type FileWishes } from './file-answer.js';
import { sendContent, type Content, type ContentReply } from './send-content.js';

/** In one entry of the audit log. */
const MOST_NAMED = 50;
const BYTES = { type: 'string', format: 'binary' } as const;

@ApiTags('snapshots')
@ApiProblems(400, 404, 410, 416, 422, 501, 503)
@Controller('api/v1/snapshots')
export class ContentController {
  constructor(
    private readonly shelf: SnapshotShelf,
    private readonly pool: ReaderPool,
    private readonly audit: AuditLog,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get(':id/content')
  @ApiOperation({
    summary: 'Download a file (whole or a range), or directories and files as an archive',
    description:
      'Without `format` a file comes as it is and a directory as tar. Everything is compared with the digests of the ' +
      'backup; what is damaged breaks the download off, so that it never looks whole. (A range of a file beyond 8 MiB ' +
      'cannot be compared.) Files that the backup could not read are left out of archives, sockets too; a zip also leaves ' +
      'out devices and pipes, and carries hard links as files.',
  })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ description: 'The bytes', schema: BYTES })
  @ApiResponse({ status: 206, description: 'The range of them', schema: BYTES })
  async content(
    @Param('id', { schema: z.uuid('must be a UUID') }) id: string,
    @Query({ schema: ContentQuery }) query: z.infer<typeof ContentQuery>,
    @Headers() wishes: FileWishes,
    @AskedBy() caller: Caller,
    @Res() reply: ContentReply,
  ): Promise<void> {
    const paths = pathsOfQuery(query);
    const snapshot = await this.shelf.take(id);
    const { lease, result } = await this.pool.begin(snapshot, goneSignal(reply), (reading) =>
      this.#answer(reading, paths, query.format, wishes),
    );
    try {
      if (result.bytes !== null && reply.request.method !== 'HEAD')
        await this.#enter(caller, snapshot, paths, wishes);
    } catch (error) {
      lease.end(false);
      throw error;
    }
    await sendContent(reply, result, lease, this.logger);
  }

  /** Before the first byte goes out: without an entry there are none. */
  #enter(
    caller: Caller,
    { id, planId, snapshot }: SnapshotView,
    paths: readonly Buffer[],
    { range }: FileWishes,
  ): Promise<void> {
    const named = paths.slice(0, MOST_NAMED).map(shown);
    return this.audit.append(caller, {
      action: 'snapshot.download',
      object: `snapshot/${id}`,
      detail: { planId, snapshot, paths: named, pathCount: paths.length, range },
    });
  }

  async #answer(
    reading: Reading,
    paths: readonly Buffer[],
    format: 'tar' | 'zip' | undefined,
    wishes: FileWishes,
  ): Promise<Content> {
    const chosen = await chooseEntries(reading, paths.length === 0 ? [Buffer.alloc(0)] : paths);
    const [only, another] = chosen;
    if (format === undefined && only && !another && only.kind !== 'directory')
      return fileAnswer(reading, only.path, await contentEntry(reading, only), wishes);
    return archiveAnswer(reading, chosen, format ?? 'tar', (path) => {
      const { snapshot, planId } = reading.snapshot;
      this.logger.warn(
        { snapshot, planId, path: shown(path) },
        'left out of an archive: the backup could not read it',
      );
    });
  }
}
