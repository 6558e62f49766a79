import type { SettingsOf } from '@periodic-backup/contracts';
import type { AlertDeliveryRow } from '@periodic-backup/ledger';
import { callHttp, type Outcome } from './http-call.js';

/** ntfy takes 4096 bytes of text; more would come as an attachment. */
const MAX_TEXT_BYTES = 3800;

/** Publishes as JSON to the server's root: titles keep letters of any script. */
export function sendNtfy(
  { url, topic, token }: SettingsOf<'ntfy'>,
  { what, message }: AlertDeliveryRow,
  timeoutMs: number,
): Promise<Outcome> {
  const { title, text, severity } = message;
  const tag =
    severity === 'critical' ? 'rotating_light' : severity === 'warning' ? 'warning' : 'white_check_mark';
  return callHttp(
    url,
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({
        topic,
        title,
        message: shortened(text),
        priority: severity === 'critical' ? 4 : 3,
        tags: what === 'test' ? ['test_tube'] : [tag],
      }),
    },
    timeoutMs,
  );
}

function shortened(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_TEXT_BYTES) return text;
  return `${new TextDecoder().decode(bytes.subarray(0, MAX_TEXT_BYTES), { stream: true })}…`;
}
