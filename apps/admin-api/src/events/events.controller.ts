import { Controller, Headers, Query, Sse, type MessageEvent } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { EventQuery } from '@periodic-backup/contracts';
import type { Observable } from 'rxjs';
import type { z } from 'zod';
import { LiveFeed } from './live-feed.js';

/** A client that reads slower than this much is dropped; it comes back and continues after its last id. */
const MAX_PENDING_CHARACTERS = 256 * 1024;

@ApiTags('events')
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly feed: LiveFeed) {}

  @Sse('', { maxPendingDataLength: MAX_PENDING_CHARACTERS })
  @ApiOperation({
    summary: 'Follow runs as they happen (Server-Sent Events)',
    description:
      'Events `run` (a state changed) and `progress`; `resync` means: some were missed, read the lists again; ' +
      '`alive` comes every 10 s with the time of the server. ' +
      'Reconnect with `Last-Event-ID` to continue.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({ description: 'An endless stream' })
  follow(
    @Query({ schema: EventQuery }) filter: z.infer<typeof EventQuery>,
    @Headers('last-event-id') lastId?: string,
  ): Observable<MessageEvent> {
    return this.feed.stream(filter, lastId);
  }
}
