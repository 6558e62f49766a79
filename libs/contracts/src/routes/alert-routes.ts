import { AlertChannelInput, AlertChannelPatch, AlertChannelView } from '../alert-channels.js';
import {
  AlertDelivery,
  AlertDeliveryQuery,
  AlertPage,
  AlertQuery,
  AlertRule,
  AlertRuleInput,
  AlertRulePatch,
  TestAccepted,
} from '../alerts.js';
import { AlertChannelPage, AlertDeliveryPage, AlertRulePage } from '../pages.js';
import type { RouteTable } from './api-route.js';

export const alertRoutes = {
  'GET /alerts': { right: 'read', query: AlertQuery, answer: AlertPage },
  'GET /alert-deliveries': { right: 'read', query: AlertDeliveryQuery, answer: AlertDeliveryPage },
  'GET /alert-deliveries/{id}': { right: 'read', answer: AlertDelivery },
  'GET /alert-rules': { right: 'read', answer: AlertRulePage },
  'POST /alert-rules': { right: 'administer', body: AlertRuleInput, answer: AlertRule },
  'GET /alert-rules/{id}': { right: 'read', answer: AlertRule },
  'PATCH /alert-rules/{id}': { right: 'administer', body: AlertRulePatch, answer: AlertRule },
  'DELETE /alert-rules/{id}': { right: 'administer', answer: null },
  'GET /alert-channels': { right: 'read', answer: AlertChannelPage },
  'POST /alert-channels': { right: 'administer', body: AlertChannelInput, answer: AlertChannelView },
  'GET /alert-channels/{id}': { right: 'read', answer: AlertChannelView },
  'PATCH /alert-channels/{id}': { right: 'administer', body: AlertChannelPatch, answer: AlertChannelView },
  'DELETE /alert-channels/{id}': { right: 'administer', answer: null },
  'POST /alert-channels/{id}/test': { right: 'operate', answer: TestAccepted },
} satisfies RouteTable;
