import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  AlertDelivery,
  AlertDeliveryPage,
  AlertDeliveryQuery,
  AlertPage,
  AlertQuery,
} from '@periodic-backup/contracts';
import {
  getAlertChannel,
  getAlertDelivery,
  getAlertTest,
  listAlertDeliveries,
  listAlerts,
  type Ledger,
} from '@periodic-backup/ledger';
import { z } from 'zod';
import { LEDGER } from '../connections/tokens.js';
import { ApiProblems } from '../http/api-answers.js';
import { notFound } from '../http/problem.js';

@ApiTags('alerts')
@ApiProblems(400, 503)
@Controller('api/v1')
export class AlertsController {
  constructor(@Inject(LEDGER) private readonly ledger: Ledger) {}

  @Get('alerts')
  @ApiOperation({ summary: 'List alerts: those that are open, then those that are resolved; newest first' })
  @ApiOkResponse({ description: 'A page', standardSchema: AlertPage })
  list(@Query({ schema: AlertQuery }) query: z.infer<typeof AlertQuery>): Promise<z.infer<typeof AlertPage>> {
    return listAlerts(this.ledger, query);
  }

  @Get('alert-deliveries')
  @ApiOperation({ summary: 'List messages to channels and how they fared, newest first; kept for 30 days' })
  @ApiOkResponse({ description: 'A page', standardSchema: AlertDeliveryPage })
  deliveries(
    @Query({ schema: AlertDeliveryQuery }) query: z.infer<typeof AlertDeliveryQuery>,
  ): Promise<z.infer<typeof AlertDeliveryPage>> {
    return listAlertDeliveries(this.ledger, query);
  }

  @Get('alert-deliveries/:id')
  @ApiOperation({ summary: 'Read how a message to a channel fared' })
  @ApiOkResponse({ description: 'The delivery', standardSchema: AlertDelivery })
  @ApiProblems(404)
  async delivery(
    @Param('id', { schema: z.uuid('must be a UUID') }) id: string,
  ): Promise<z.infer<typeof AlertDelivery>> {
    const delivery = (await getAlertDelivery(this.ledger, id)) ?? (await this.#wishedTest(id));
    if (!delivery) throw notFound('alert delivery', id);
    return delivery;
  }

  /** A test that the scheduler has not taken up yet. */
  async #wishedTest(id: string): Promise<AlertDelivery | null> {
    const wish = await getAlertTest(this.ledger, id);
    if (!wish) return null;
    const requestedAt = wish.requestedAt.toISOString();
    return {
      id,
      channelId: wish.channelId,
      channelName: (await getAlertChannel(this.ledger, wish.channelId))?.name ?? 'a deleted channel',
      ...{ what: 'test', state: 'pending', title: 'Test of Periodic Backup' },
      ...{ createdAt: requestedAt, finishedAt: null, nextAttemptAt: requestedAt, attempts: [] },
    };
  }
}
