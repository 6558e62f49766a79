import type { Provider } from '@nestjs/common';
import { SecretBox } from '@periodic-backup/platform';
import type { AdminApiConfig } from '../config.js';
import { AlertBook } from './alert-book.js';
import { AlertChannelsController } from './alert-channels.controller.js';
import { AlertRulesController } from './alert-rules.controller.js';
import { AlertsController } from './alerts.controller.js';
import { ChannelSeal } from './channel-seal.js';

export const ALERT_CONTROLLERS = [AlertChannelsController, AlertRulesController, AlertsController];

export function alertProviders({ SECRETS_KEY_FILE: file }: AdminApiConfig): Provider[] {
  return [
    { provide: SecretBox, useFactory: () => (file === undefined ? null : SecretBox.load(file)) },
    ...[ChannelSeal, AlertBook],
  ];
}
