import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ContentQuery } from '@periodic-backup/contracts';
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

const BYTES = { type: 'string', format: 'binary' } as const;

@ApiTags('snapshots')
@ApiProblems(400, 404, 410, 416, 422, 501, 503)
@Controller('api/v1/snapshots')
export class ContentController {
  constructor(
    private readonly shelf: SnapshotShelf,
    private readonly pool: ReaderPool,
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
    @Res() reply: ContentReply,
  ): Promise<void> {
    const paths = pathsOfQuery(query);
    const snapshot = await this.shelf.take(id);
    const { lease, result } = await this.pool.begin(snapshot, goneSignal(reply), (reading) =>
      this.#answer(reading, paths, query.format, wishes),
    );
    await sendContent(reply, result, lease, this.logger);
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
