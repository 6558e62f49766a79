import { AlertKeeper } from './alert-keeper.js';
import { AlertMetrics } from './alert-metrics.js';
import { AlertRound } from './alert-round.js';
import { AlertService } from './alert-service.js';
import { DeliverySender } from './delivery-sender.js';
import { HeartbeatPings } from './heartbeat-pings.js';
import { PresenceWatch } from './presence-watch.js';

/** What the process needs to tell people what is wrong. */
export const ALERT_PROVIDERS = [
  AlertMetrics,
  AlertKeeper,
  PresenceWatch,
  HeartbeatPings,
  AlertRound,
  DeliverySender,
  AlertService,
];
