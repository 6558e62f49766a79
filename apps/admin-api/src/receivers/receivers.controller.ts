import { Body, Controller, Get, Param, Patch } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ReceiverChange, ReceiverPage, ReceiverView } from '@periodic-backup/contracts';
import { z } from 'zod';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';
import { ReceiverViews } from './receiver-views.js';
import { SettingsKeeper } from './settings-keeper.js';

@ApiTags('receivers')
@ApiProblems(503)
@Controller('api/v1/receivers')
export class ReceiversController {
  constructor(
    private readonly views: ReceiverViews,
    private readonly settings: SettingsKeeper,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List receivers that announced themselves and whether they still do' })
  @ApiOkResponse({ description: 'All of them', standardSchema: ReceiverPage })
  async list(): Promise<z.infer<typeof ReceiverPage>> {
    return { items: await this.views.all(), nextCursor: null };
  }

  @Patch(':id')
  @ApiOperation({
    summary: 'Change how many clients a receiver serves at once, or drain it; it obeys within seconds',
  })
  @ApiOkResponse({ description: 'The receiver as it will be', standardSchema: ReceiverView })
  @ApiProblems(400, 404)
  async change(
    @Param('id', { schema: z.string().min(1).max(200) }) id: string,
    @Body({ schema: ReceiverChange }) { maxClients, draining }: z.infer<typeof ReceiverChange>,
  ): Promise<z.infer<typeof ReceiverView>> {
    const receiver = (await this.views.all()).find(({ receiverId }) => receiverId === id);
    if (!receiver) throw notFound('receiver', id);
    await this.settings.setReceiver(id, { maxClients, draining });
    return {
      ...receiver,
      maxClients: maxClients ?? receiver.maxClients,
      draining: draining ?? receiver.draining,
    };
  }
}
