import type { SettingsOf } from '@periodic-backup/contracts';
import type { AlertDeliveryRow } from '@periodic-backup/ledger';
import { Webhook } from 'standardwebhooks';
import { callHttp, type Outcome } from './http-call.js';

/**
 * Posts a message as Standard Webhooks says. The id is the delivery's, the same at every attempt: the receiver knows a
 * doubled one by it.
 */
export function sendWebhook(
  { url, secret }: SettingsOf<'webhook'>,
  { id, what, message, createdAt }: AlertDeliveryRow,
  timeoutMs: number,
): Promise<Outcome> {
  const now = new Date();
  const body = JSON.stringify({
    type: what === 'test' ? 'backup.test' : 'backup.alerts',
    timestamp: createdAt.toISOString(),
    data: message,
  });
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
  return callHttp(url, { method: 'POST', headers, body }, timeoutMs);
}
