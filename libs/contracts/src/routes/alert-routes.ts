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
  'GET /alerts': { query: AlertQuery, answer: AlertPage },
  'GET /alert-deliveries': { query: AlertDeliveryQuery, answer: AlertDeliveryPage },
  'GET /alert-deliveries/{id}': { answer: AlertDelivery },
  'GET /alert-rules': { answer: AlertRulePage },
  'POST /alert-rules': { body: AlertRuleInput, answer: AlertRule },
  'GET /alert-rules/{id}': { answer: AlertRule },
  'PATCH /alert-rules/{id}': { body: AlertRulePatch, answer: AlertRule },
  'DELETE /alert-rules/{id}': { answer: null },
  'GET /alert-channels': { answer: AlertChannelPage },
  'POST /alert-channels': { body: AlertChannelInput, answer: AlertChannelView },
  'GET /alert-channels/{id}': { answer: AlertChannelView },
  'PATCH /alert-channels/{id}': { body: AlertChannelPatch, answer: AlertChannelView },
  'DELETE /alert-channels/{id}': { answer: null },
  'POST /alert-channels/{id}/test': { answer: TestAccepted },
} satisfies RouteTable;
