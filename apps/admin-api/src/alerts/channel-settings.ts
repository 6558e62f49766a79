import { randomBytes } from 'node:crypto';
import {
  SECRET_MASK,
  type AlertChannelSettings,
  type AlertChannelSettingsInput,
  type AlertChannelView,
  type SettingsOf,
} from '@periodic-backup/contracts';
import { isLoopback } from '../config.js';
import type { FieldError } from '../http/problem.js';

type InputOf<K extends AlertChannelSettings['kind']> = Extract<AlertChannelSettingsInput, { kind: K }>;

export interface MergedSettings {
  readonly settings: AlertChannelSettings;
  /** A secret that was made here: shown once. */
  readonly newSecret: string | null;
  readonly problems: readonly FieldError[];
}

/**
 * What is to be stored: as written, with the stored secrets where they were left out. A password or token does not
 * follow to another server: whoever may change a channel must not be able to have it sent to themselves.
 */
export function mergeSettings(
  input: AlertChannelSettingsInput,
  stored: AlertChannelSettings | null,
): MergedSettings {
  switch (input.kind) {
    case 'webhook':
      return mergeWebhook(input, ofKind(stored, 'webhook'));
    case 'email':
      return mergeEmail(input, ofKind(stored, 'email'));
    case 'ntfy':
      return mergeNtfy(input, ofKind(stored, 'ntfy'));
    case 'heartbeat':
      return mergeHeartbeat(input, ofKind(stored, 'heartbeat'));
  }
}

function mergeWebhook(input: InputOf<'webhook'>, stored: SettingsOf<'webhook'> | null): MergedSettings {
  const given = input.secret === undefined ? stored?.secret : input.secret;
  const secret = given ?? `whsec_${randomBytes(32).toString('base64')}`;
  return {
    settings: { ...input, secret },
    newSecret: given ? null : secret,
    problems: [],
  };
}

function mergeEmail(input: InputOf<'email'>, stored: SettingsOf<'email'> | null): MergedSettings {
  const sameServer =
    stored !== null &&
    (['host', 'port', 'security', 'user', 'tlsCa'] as const).every((name) => stored[name] === input[name]);
  const password = input.password !== undefined ? input.password : sameServer ? stored.password : null;
  const problem = (message: string): FieldError[] => [{ path: 'settings.password', message }];
  const problems =
    input.password === undefined && stored?.password && !sameServer
      ? problem('is needed again, because the server, its security or the user was changed; null for none')
      : (input.user === null) !== (password === null)
        ? problem(input.user === null ? 'needs a user' : 'is needed for the user')
        : password !== null && input.security === 'plain' && !isLoopback(input.host)
          ? problem('would cross the network in the clear: use the security tls or starttls')
          : [];
  return { settings: { ...input, password }, newSecret: null, problems };
}

function mergeNtfy(input: InputOf<'ntfy'>, stored: SettingsOf<'ntfy'> | null): MergedSettings {
  const sameServer = stored?.url === input.url;
  const token = input.token !== undefined ? input.token : sameServer ? stored.token : null;
  const problems =
    input.token === undefined && stored?.token && !sameServer
      ? [
          {
            path: 'settings.token',
            message: 'is needed again, because the server was changed; null for none',
          },
        ]
      : [];
  return { settings: { ...input, token }, newSecret: null, problems };
}

function mergeHeartbeat(input: InputOf<'heartbeat'>, stored: SettingsOf<'heartbeat'> | null): MergedSettings {
  const before = new Map(stored?.pings.map((ping) => [ping.planId, ping]));
  const pings = input.pings.map(({ planId, ...urls }) => {
    const kept = before.get(planId);
    const url = (name: 'startUrl' | 'successUrl' | 'failUrl'): string | null =>
      urls[name] === undefined ? (kept?.[name] ?? null) : urls[name];
    return { planId, startUrl: url('startUrl'), successUrl: url('successUrl'), failUrl: url('failUrl') };
  });
  const problems = pings.flatMap(({ planId, startUrl, successUrl, failUrl }, position): FieldError[] => {
    const path = `settings.pings.${position}`;
    if (pings.findIndex((other) => other.planId === planId) < position)
      return [{ path: `${path}.planId`, message: 'is named twice' }];
    return (startUrl ?? successUrl ?? failUrl) === null
      ? [{ path: `${path}.successUrl`, message: 'must name startUrl, successUrl or failUrl' }]
      : [];
  });
  return { settings: { ...input, pings }, newSecret: null, problems };
}

function ofKind<K extends AlertChannelSettings['kind']>(
  settings: AlertChannelSettings | null,
  kind: K,
): SettingsOf<K> | null {
  return settings?.kind === kind ? (settings as SettingsOf<K>) : null;
}

/** Settings as they may be read: what is secret is a mask. */
export function shownSettings(settings: AlertChannelSettings): AlertChannelView['settings'] {
  const masked = (secret: string | null): string | null => secret && SECRET_MASK;
  switch (settings.kind) {
    case 'webhook':
      return { ...settings, url: withoutQuery(settings.url), secret: SECRET_MASK };
    case 'email':
      return { ...settings, password: masked(settings.password) };
    case 'ntfy':
      return { ...settings, url: withoutQuery(settings.url), token: masked(settings.token) };
    case 'heartbeat':
      return {
        ...settings,
        pings: settings.pings.map(({ planId, startUrl, successUrl, failUrl }) => ({
          planId,
          startUrl: originOnly(startUrl),
          successUrl: originOnly(successUrl),
          failUrl: originOnly(failUrl),
        })),
      };
  }
}

/** Tokens like to stand in queries. */
function withoutQuery(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : `?${SECRET_MASK}`}`;
}

/** The path of a dead man's switch is its password. */
function originOnly(url: string | null): string | null {
  return url === null ? null : `${new URL(url).origin}/${SECRET_MASK}`;
}
