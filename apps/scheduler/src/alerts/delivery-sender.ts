import { Injectable } from '@nestjs/common';
import {
  addDeliveries,
  claimDeliveries,
  getAlertChannel,
  noteAttempt,
  unansweredAlertTests,
  type AlertDeliveryRow,
} from '@periodic-backup/ledger';
import type { AlertChannelSettings } from '@periodic-backup/contracts';
import { openChannel } from '@periodic-backup/platform';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { AlertMetrics } from './alert-metrics.js';
import { testMessage } from './messages/compose-message.js';
import type { Outcome } from './sending/http-call.js';
import { sendDelivery } from './sending/send-delivery.js';

const MOST_AT_ONCE = 20;
/** A mail takes several steps, each with its own deadline. */
const LEASE_TIMEOUTS = 10;
const GIVE_UP_MS = 86_400_000;

/**
 * Sends what lies in the ledger to be sent, at least once: a delivery is leased, tried, and noted as sent or put
 * back with growing waits, for a day. A slow channel keeps no other waiting.
 */
@Injectable()
export class DeliverySender {
  readonly #underWay = new Set<Promise<void>>();
  #stopping = false;

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly metrics: AlertMetrics,
  ) {}

  /** Starts what is due, as far as there is room. Resolves before it is sent. */
  async sendDue(): Promise<void> {
    await this.#layOutTests();
    const limit = MOST_AT_ONCE - this.#underWay.size;
    if (this.#stopping || limit <= 0) return;
    const now = new Date();
    const { ledger, config } = this.runtime;
    const leasedUntil = new Date(now.getTime() + config.ALERT_TIMEOUT_MS * LEASE_TIMEOUTS);
    for (const delivery of await claimDeliveries(ledger, { now, leasedUntil, limit })) {
      const sending = this.#send(delivery).finally(() => this.#underWay.delete(sending));
      this.#underWay.add(sending);
    }
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#underWay);
  }

  async #layOutTests(): Promise<void> {
    const { ledger } = this.runtime;
    for (const { id, channelId, requestedAt } of await unansweredAlertTests(ledger)) {
      const name = (await getAlertChannel(ledger, channelId))?.name ?? 'a deleted channel';
      await addDeliveries(ledger, [
        {
          ...{ id, channelId, channelName: name, what: 'test', message: testMessage(name) },
          ...{ createdAt: requestedAt, nextAttemptAt: new Date() },
        },
      ]);
    }
  }

  /** Never fails: what could not be noted is tried again when the lease is over. */
  async #send(delivery: AlertDeliveryRow): Promise<void> {
    const { ledger, logger } = this.runtime;
    try {
      const outcome = await this.#attempt(delivery);
      const at = new Date();
      const next = this.#next(delivery, outcome, at);
      await noteAttempt(
        ledger,
        delivery.id,
        { at: at.toISOString(), ok: outcome.ok, result: outcome.result },
        next,
      );
      this.metrics.attempts.inc({
        outcome: outcome.ok ? 'sent' : next.state === 'failed' ? 'given up' : 'failed',
      });
      const { id: deliveryId, channelName: channel, what } = delivery;
      if (outcome.ok) logger.info({ deliveryId, channel, what }, 'alert message sent');
      else
        logger.warn({ deliveryId, channel, what, result: outcome.result, ...next }, 'alert message not sent');
    } catch (error) {
      logger.warn({ deliveryId: delivery.id, error: (error as Error).message }, 'alert message not noted');
    }
    // A long line behind one channel need not wait for the next round.
    if (!this.#stopping) await this.sendDue().catch(() => undefined);
  }

  async #attempt(delivery: AlertDeliveryRow): Promise<Outcome> {
    const channel = await getAlertChannel(this.runtime.ledger, delivery.channelId);
    if (!channel) return { ok: false, result: 'The channel was deleted.', final: true };
    if (!channel.enabled && delivery.what !== 'test')
      return { ok: false, result: 'The channel was switched off.', final: true };
    let settings: AlertChannelSettings;
    try {
      settings = openChannel(this.runtime.secrets, channel.id, channel.settings);
    } catch (error) {
      return { ok: false, result: (error as Error).message };
    }
    return sendDelivery(settings, delivery, this.runtime.config.ALERT_TIMEOUT_MS);
  }

  /** A test says at once how it went. */
  #next(delivery: AlertDeliveryRow, { ok, final, retryAfterMs }: Outcome, now: Date) {
    if (ok) return { state: 'sent' } as const;
    const ageMs = now.getTime() - delivery.createdAt.getTime();
    if (final || delivery.what === 'test' || ageMs >= GIVE_UP_MS) return { state: 'failed' } as const;
    const delays = this.runtime.config.ALERT_RETRY_DELAYS_MS;
    const delayMs = delays[Math.min(delivery.attemptCount, delays.length - 1)] ?? 0;
    const waitMs = Math.max(retryAfterMs ?? 0, Math.round(delayMs * (1 + Math.random() / 10)));
    return { state: 'pending', nextAttemptAt: new Date(now.getTime() + waitMs) } as const;
  }
}
