import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  addDeliveries,
  alertPlanFacts,
  damageFacts,
  dropNotices,
  failedTasks,
  forgetAlerts,
  forgetDeliveries,
  inAlertRound,
  keepNotices,
  listAlertChannels,
  listAlertRules,
  resolvedUnsaid,
  standingNotices,
  type AlertRow,
  type Ledger,
} from '@periodic-backup/ledger';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { judge, type AlertFacts } from './findings/judge.js';
import { composeMessage } from './messages/compose-message.js';
import { decideNotices, type ChannelNews } from './messages/decide-notices.js';
import { AlertKeeper } from './alert-keeper.js';
import { HeartbeatPings } from './heartbeat-pings.js';
import { PresenceWatch } from './presence-watch.js';

const DAY_MS = 86_400_000;
const TASKS_LOOKED_BACK_MS = 30 * DAY_MS;
const KEEP_DELIVERIES_MS = 30 * DAY_MS;
const KEEP_ALERTS_MS = 90 * DAY_MS;
const FORGET_INTERVAL_MS = 3_600_000;

/**
 * Looks at what is wrong, keeps the alerts, and lays out the messages about them, all in one transaction. Of several
 * schedulers one does it at a time.
 */
@Injectable()
export class AlertRound {
  #forgotAt = 0;

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly watch: PresenceWatch,
    private readonly keeper: AlertKeeper,
    private readonly pings: HeartbeatPings,
  ) {}

  async go(): Promise<void> {
    await inAlertRound(this.runtime.ledger, async (transaction) => {
      const now = new Date();
      const rules = await listAlertRules(transaction);
      const channels = await listAlertChannels(transaction);
      const facts = await this.#facts(transaction, now);
      const judgement = judge(rules, facts, now);
      const open = await this.keeper.settle(transaction, judgement, { rules, facts, now });
      const resolved = await resolvedUnsaid(transaction);
      const notices = await standingNotices(transaction);
      for (const news of decideNotices({ channels, rules, open, resolved, notices }, now))
        await this.#tell(transaction, news, now);
      const gone = new Set(notices.map(({ channelId }) => channelId));
      for (const { id } of channels) gone.delete(id);
      await dropNotices(transaction, { channelIds: [...gone] });
      await this.pings.layOut(transaction, channels, now);
      await this.#forget(transaction, now);
    });
  }

  async #forget(transaction: Ledger, now: Date): Promise<void> {
    if (now.getTime() - this.#forgotAt < FORGET_INTERVAL_MS) return;
    await forgetDeliveries(transaction, new Date(now.getTime() - KEEP_DELIVERIES_MS));
    await forgetAlerts(transaction, new Date(now.getTime() - KEEP_ALERTS_MS));
    this.#forgotAt = now.getTime();
  }

  /** One after the other, on the connection of the round: nobody waits for it, and runs want connections too. */
  async #facts(transaction: Ledger, now: Date): Promise<AlertFacts> {
    const { health, runs, snapshots, largestBytes } = await alertPlanFacts(transaction);
    return {
      ...{ health, runs, snapshots },
      tasks: await failedTasks(transaction, new Date(now.getTime() - TASKS_LOOKED_BACK_MS)),
      damages: await damageFacts(transaction),
      presence: await this.watch.look(transaction, { plans: runs, largestBytes }, now),
    };
  }

  async #tell(transaction: Ledger, news: ChannelNews, now: Date): Promise<void> {
    const { channel, opened, stillOpen, resolved } = news;
    await addDeliveries(transaction, [
      {
        id: randomUUID(),
        channelId: channel.id,
        channelName: channel.name,
        what: 'alerts',
        message: composeMessage(news),
        createdAt: now,
        nextAttemptAt: now,
      },
    ]);
    const notice = (said: 'open' | 'resolved') => (alert: AlertRow) => ({
      alertId: alert.id,
      channelId: channel.id,
      said,
      severity: alert.severity,
      saidAt: now,
    });
    await keepNotices(transaction, [
      ...[...opened, ...stillOpen].map(notice('open')),
      ...resolved.map(notice('resolved')),
    ]);
  }
}
