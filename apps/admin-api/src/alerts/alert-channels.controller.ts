import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import {
  AlertChannelInput,
  AlertChannelPage,
  AlertChannelPatch,
  AlertChannelView,
  TestAccepted,
} from '@periodic-backup/contracts';
import {
  deleteAlertChannel,
  getAlertChannel,
  listAlertChannels,
  requestAlertTest,
  type Ledger,
} from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { AlertBook } from './alert-book.js';

const Id = z.uuid('must be a UUID');

@ApiTags('alerts')
@ApiProblems(400, 503)
@Controller('api/v1/alert-channels')
export class AlertChannelsController {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly book: AlertBook,
  ) {}

  @Post()
  @ApiOperation({ summary: 'Add a channel for alerts; a secret made for a webhook is shown this once' })
  @ApiCreatedResponse({ description: 'The channel', standardSchema: AlertChannelView })
  @ApiProblems(409, 422)
  add(
    @Body({ schema: AlertChannelInput }) channel: z.infer<typeof AlertChannelInput>,
  ): Promise<z.infer<typeof AlertChannelView>> {
    return this.book.addChannel(channel);
  }

  @Get()
  @ApiOperation({ summary: 'List channels, by name; secrets are masked' })
  @ApiOkResponse({ description: 'All of them', standardSchema: AlertChannelPage })
  async list(): Promise<z.infer<typeof AlertChannelPage>> {
    const channels = await listAlertChannels(this.ledger);
    return { items: channels.map((channel) => this.book.view(channel)), nextCursor: null };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read a channel; secrets are masked' })
  @ApiOkResponse({ description: 'The channel', standardSchema: AlertChannelView })
  @ApiProblems(404)
  async get(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof AlertChannelView>> {
    const channel = await getAlertChannel(this.ledger, id);
    if (!channel) throw notFound('alert channel', id);
    return this.book.view(channel);
  }

  @Patch(':id')
  @ApiOperation({
    summary:
      'Change a channel; what is left out stays, secrets within settings too. The secret null of a webhook makes a new one',
  })
  @ApiOkResponse({ description: 'The channel', standardSchema: AlertChannelView })
  @ApiProblems(404, 409, 422)
  change(
    @Param('id', { schema: Id }) id: string,
    @Body({ schema: AlertChannelPatch }) patch: z.infer<typeof AlertChannelPatch>,
  ): Promise<z.infer<typeof AlertChannelView>> {
    return this.book.changeChannel(id, patch);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a channel; rules that name it go on without it' })
  @ApiNoContentResponse({ description: 'It is deleted' })
  @ApiProblems(404)
  async remove(@Param('id', { schema: Id }) id: string): Promise<void> {
    if (!(await deleteAlertChannel(this.ledger, id))) throw notFound('alert channel', id);
  }

  @Post(':id/test')
  @HttpCode(202)
  @ApiOperation({ summary: 'Send a test message; GET /alert-deliveries/{deliveryId} says how it went' })
  @ApiAcceptedResponse({ description: 'It will be sent within seconds', standardSchema: TestAccepted })
  @ApiProblems(404)
  async test(@Param('id', { schema: Id }) id: string): Promise<z.infer<typeof TestAccepted>> {
    if (!(await getAlertChannel(this.ledger, id))) throw notFound('alert channel', id);
    return requestAlertTest(this.ledger, id);
  }
}
