import { AlertBook } from './alert-book.js';
import { AlertChannelsController } from './alert-channels.controller.js';
import { AlertRulesController } from './alert-rules.controller.js';
import { AlertsController } from './alerts.controller.js';

export const ALERT_CONTROLLERS = [AlertChannelsController, AlertRulesController, AlertsController];
export const ALERT_PROVIDERS = [AlertBook];
