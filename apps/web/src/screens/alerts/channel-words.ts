import type { AlertChannelView } from '@periodic-backup/contracts/http';
import { HeartPulse, Mail, Smartphone, Webhook, type LucideIcon } from 'lucide-react';
import { countOf } from '../../format/sizes.js';

export type ChannelKind = AlertChannelView['settings']['kind'];

export const CHANNEL_KINDS: Readonly<
  Record<ChannelKind, { readonly label: string; readonly description: string; readonly icon: LucideIcon }>
> = {
  email: { label: 'E-mail', description: 'Through your mail server.', icon: Mail },
  webhook: { label: 'Webhook', description: 'A signed request to a chat or program.', icon: Webhook },
  ntfy: { label: 'ntfy', description: 'To telephones, by a topic of ntfy.', icon: Smartphone },
  heartbeat: {
    label: 'Heartbeat',
    description: 'Calls a URL when backups start, succeed and fail: healthchecks.io and the like.',
    icon: HeartPulse,
  },
};

/** Where a channel leads, in words. */
export function placeOfChannel({ settings }: AlertChannelView): string[] {
  switch (settings.kind) {
    case 'email':
      return [settings.to.join(', '), `by ${settings.host}:${settings.port}, ${settings.security}`];
    case 'webhook':
      return [settings.url];
    case 'ntfy':
      return [`${settings.url}/${settings.topic}`];
    case 'heartbeat':
      return [countOf(settings.pings.length, 'plan'), `by ${settings.method}`];
  }
}
