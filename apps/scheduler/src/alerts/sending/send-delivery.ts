import type { AlertChannelSettings } from '@periodic-backup/contracts';
import type { AlertDeliveryRow } from '@periodic-backup/ledger';
import type { Outcome } from './http-call.js';
import { sendEmail } from './send-email.js';
import { sendNtfy } from './send-ntfy.js';
import { sendPing } from './send-ping.js';
import { sendWebhook } from './send-webhook.js';

/** One attempt over whatever the channel is. Never throws; what it says holds no secret of the channel. */
export async function sendDelivery(
  settings: AlertChannelSettings,
  delivery: AlertDeliveryRow,
  timeoutMs: number,
): Promise<Outcome> {
  try {
    const outcome = await send(settings, delivery, timeoutMs);
    return { ...outcome, result: withoutSecrets(outcome.result, settings) };
  } catch (error) {
    return {
      ok: false,
      result: withoutSecrets(`It could not be sent: ${(error as Error).message}`, settings),
    };
  }
}

function send(
  settings: AlertChannelSettings,
  delivery: AlertDeliveryRow,
  timeoutMs: number,
): Promise<Outcome> {
  switch (settings.kind) {
    case 'webhook':
      return sendWebhook(settings, delivery, timeoutMs);
    case 'email':
      return sendEmail(settings, delivery, timeoutMs);
    case 'ntfy':
      return sendNtfy(settings, delivery, timeoutMs);
    case 'heartbeat':
      return sendPing(settings, delivery, timeoutMs);
  }
}

/** Servers quote what they were sent. */
export function withoutSecrets(text: string, settings: AlertChannelSettings): string {
  return secretsOf(settings)
    .flatMap((secret) => [secret, Buffer.from(secret).toString('base64')])
    .reduce((clean, secret) => clean.replaceAll(secret, '…'), text);
}

function secretsOf(settings: AlertChannelSettings): string[] {
  switch (settings.kind) {
    case 'webhook':
      return [settings.url, settings.secret];
    case 'email':
      return settings.password === null ? [] : [settings.password];
    case 'ntfy':
      return settings.token === null ? [] : [settings.token];
    case 'heartbeat':
      return settings.pings.flatMap(({ startUrl, successUrl, failUrl }) =>
        [startUrl, successUrl, failUrl].filter((url) => url !== null),
      );
  }
}
