import type { SettingsOf } from '@periodic-backup/contracts';
import type { AlertDeliveryRow } from '@periodic-backup/ledger';
import { callHttp, type Outcome } from './http-call.js';

/** Calls the URL of a plan's event. A test calls a URL that does no harm: starts before successes. */
export function sendPing(
  { method, pings }: SettingsOf<'heartbeat'>,
  { what, planId, pingEvent, message }: AlertDeliveryRow,
  timeoutMs: number,
): Promise<Outcome> {
  const url = what === 'test' ? harmlessUrl(pings) : urlOf(pings, planId, pingEvent);
  if (url === null)
    return Promise.resolve({
      ok: false,
      result: 'The channel has no URL for this any more.',
      final: true,
    });
  const body = method === 'POST' ? { body: message.text, headers: { 'content-type': 'text/plain' } } : {};
  return callHttp(url, { method, ...body }, timeoutMs);
}

type Pings = SettingsOf<'heartbeat'>['pings'];

function urlOf(pings: Pings, planId: string | null, event: AlertDeliveryRow['pingEvent']): string | null {
  const urls = pings.find((ping) => ping.planId === planId);
  if (!urls || !event) return null;
  return { start: urls.startUrl, success: urls.successUrl, fail: urls.failUrl }[event];
}

function harmlessUrl(pings: Pings): string | null {
  const urls = [...pings.map(({ startUrl }) => startUrl), ...pings.map(({ successUrl }) => successUrl)];
  return urls.find((url) => url !== null) ?? pings[0]?.failUrl ?? null;
}
