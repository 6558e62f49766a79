import {
  AlertChannelInput,
  SECRET_MASK,
  type AlertChannelSettingsInput,
  type AlertChannelView,
} from '@periodic-backup/contracts/http';
import { z } from 'zod';
import type { ChannelKind } from './channel-words.js';

/** A plan's heartbeat as it stands in the form; URLs that are kept are empty. */
export interface PingDraft {
  readonly planId: string;
  readonly startUrl: string;
  readonly successUrl: string;
  readonly failUrl: string;
  /** Which of them are stored already, and stay while they are left empty. */
  readonly stored: readonly PingUrl[];
}
export const PING_URLS = ['startUrl', 'successUrl', 'failUrl'] as const;
export type PingUrl = (typeof PING_URLS)[number];

/** All fields of all kinds, named as the API names them: its problems find their fields. */
export interface ChannelDraft {
  readonly name: string;
  readonly settings: {
    readonly kind: ChannelKind;
    readonly url: string;
    readonly secret: string;
    readonly host: string;
    readonly port: number;
    readonly security: 'tls' | 'starttls' | 'plain';
    readonly user: string;
    readonly password: string;
    readonly from: string;
    readonly to: string;
    readonly tlsCa: string;
    readonly topic: string;
    readonly token: string;
    readonly method: 'GET' | 'POST';
    readonly partialCountsAs: 'success' | 'fail';
    readonly pings: readonly PingDraft[];
  };
}

/** Takes the draft and checks what is sent of it by the API's own shape. */
export const ChannelDraftSchema = z
  .custom<ChannelDraft>()
  .transform(({ name, settings }): z.input<typeof AlertChannelInput> => ({
    name,
    settings: settingsOf(settings),
  }))
  .pipe(AlertChannelInput);

export function newPing(planId = ''): PingDraft {
  return { planId, startUrl: '', successUrl: '', failUrl: '', stored: [] };
}

/** A channel as it can be changed; a new one as people mostly want it. Secrets are never in it. */
export function draftOf(channel: AlertChannelView | null): ChannelDraft {
  const fresh: ChannelDraft['settings'] = {
    ...{
      kind: 'email',
      url: '',
      secret: '',
      host: '',
      port: 587,
      security: 'starttls',
      user: '',
      password: '',
    },
    ...{ from: '', to: '', tlsCa: '', topic: '', token: '', method: 'GET', partialCountsAs: 'fail' },
    pings: [newPing()],
  };
  if (!channel) return { name: '', settings: fresh };
  return { name: channel.name, settings: { ...fresh, ...storedOf(channel.settings) } };
}

function storedOf(settings: AlertChannelView['settings']): Partial<ChannelDraft['settings']> {
  switch (settings.kind) {
    case 'webhook':
      return { kind: 'webhook', url: settings.url };
    case 'ntfy':
      return { kind: 'ntfy', url: settings.url, topic: settings.topic };
    case 'email': {
      const { kind, host, port, security, user, from, to, tlsCa } = settings;
      return { kind, host, port, security, user: user ?? '', from, to: to.join('\n'), tlsCa: tlsCa ?? '' };
    }
    case 'heartbeat': {
      const { kind, method, partialCountsAs, pings } = settings;
      return {
        ...{ kind, method, partialCountsAs },
        pings: pings.map((ping) => ({
          ...newPing(ping.planId),
          stored: PING_URLS.filter((url) => ping[url] !== null),
        })),
      };
    }
  }
}

/** What is left empty of secrets stays as it is stored. */
function settingsOf(draft: ChannelDraft['settings']): z.input<typeof AlertChannelSettingsInput> {
  const { kind, url, secret, host, port, security, user, password, from, to, tlsCa, topic, token } = draft;
  switch (kind) {
    case 'webhook':
      return { kind, url, ...given('secret', secret) };
    case 'ntfy':
      return { kind, url, topic, ...given('token', token) };
    case 'email':
      return {
        ...{ kind, host, port, security, from, user: user === '' ? null : user },
        to: to.split(/[\s,;]+/).filter((address) => address !== ''),
        tlsCa: tlsCa.trim() === '' ? null : tlsCa,
        ...(user === '' ? { password: null } : given('password', password)),
      };
    case 'heartbeat': {
      const { method, partialCountsAs, pings } = draft;
      return {
        ...{ kind, method, partialCountsAs },
        pings: pings.map((ping) => ({
          planId: ping.planId,
          ...Object.fromEntries(
            PING_URLS.filter((name) => ping[name] !== '' || !ping.stored.includes(name)).map((name) => [
              name,
              ping[name] === '' ? null : ping[name],
            ]),
          ),
        })),
      };
    }
  }
}

function given<Name extends string>(name: Name, value: string): { readonly [N in Name]?: string } {
  return value === '' || value === SECRET_MASK ? {} : ({ [name]: value } as { [N in Name]?: string });
}
