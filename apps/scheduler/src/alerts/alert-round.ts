import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AlertRule } from '@periodic-backup/contracts';
import {
  addDeliveries,
  changeAlert,
  damageFacts,
  dropNotices,
  failedTasks,
  forgetAlerts,
  forgetDeliveries,
  inAlertRound,
  insertAlert,
  keepNotices,
  listAlertChannels,
  listAlertRules,
  openAlerts,
  planHealthFacts,
  planRunFacts,
  resolvedUnsaid,
  snapshotFacts,
  standingNotices,
  type AlertRow,
  type Ledger,
} from '@periodic-backup/ledger';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import {
  judge,
  keyOf,
  unknownKinds,
  type AlertFacts,
  type Judgement,
  type Verdict,
} from './findings/judge.js';
import { composeMessage, goodAgain } from './messages/compose-message.js';
import { decideNotices, type ChannelNews } from './messages/decide-notices.js';
import { HeartbeatPings } from './heartbeat-pings.js';
import { PresenceWatch } from './presence-watch.js';

const DAY_MS = 86_400_000;
const TASKS_LOOKED_BACK_MS = 30 * DAY_MS;
const KEEP_DELIVERIES_MS = 30 * DAY_MS;
const KEEP_ALERTS_MS = 90 * DAY_MS;
const FORGET_INTERVAL_MS = 3_600_000;

/**
 * Compares what is with what was known to be wrong: opens, changes and resolves alerts, and lays out the messages
 * about it, all in one transaction. Of several schedulers one does it at a time.
 */
@Injectable()
export class AlertRound {
  #forgotAt = 0;

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly watch: PresenceWatch,
    private readonly pings: HeartbeatPings,
  ) {}

  async go(): Promise<void> {
    await inAlertRound(this.runtime.ledger, async (transaction) => {
      const now = new Date();
      const [rules, channels, facts] = await Promise.all([
        listAlertRules(this.runtime.ledger),
        listAlertChannels(this.runtime.ledger),
        this.#facts(now),
      ]);
      const judgement = judge(rules, facts, now);
      const open = await this.#settle(transaction, judgement, { rules, facts, now });
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

  async #facts(now: Date): Promise<AlertFacts> {
    const { ledger } = this.runtime;
    const [health, runs, tasks, snapshots, damages, presence] = await Promise.all([
      planHealthFacts(ledger),
      planRunFacts(ledger),
      failedTasks(ledger, new Date(now.getTime() - TASKS_LOOKED_BACK_MS)),
      snapshotFacts(ledger),
      damageFacts(ledger),
      this.watch.look(now),
    ]);
    return { health, runs, tasks, snapshots, damages, presence };
  }

  /** Brings the open alerts in line with the verdicts; resolves with those that are open then. */
  async #settle(
    transaction: Ledger,
    { verdicts, explained }: Judgement,
    { rules, facts, now }: { rules: readonly AlertRule[]; facts: AlertFacts; now: Date },
  ): Promise<{ alert: AlertRow; rules: readonly AlertRule[] }[]> {
    const unknown = unknownKinds(facts);
    const open: { alert: AlertRow; rules: readonly AlertRule[] }[] = [];
    const left = new Map(verdicts);
    for (const alert of await openAlerts(transaction)) {
      const verdict = left.get(keyOf(alert));
      left.delete(keyOf(alert));
      if (verdict)
        open.push({ alert: await this.#goesOn(transaction, alert, verdict), rules: verdict.rules });
      else if (unknown.has(alert.kind)) open.push({ alert, rules: [] });
      else {
        const left = explained.has(keyOf(alert))
          ? 'Another alert says more about it.'
          : rules.some((rule) => rule.enabled && covers(rule, alert))
            ? null
            : 'No rule asks for it any more.';
        const still = await this.#calm(transaction, alert, left, now);
        if (still) open.push({ alert: still, rules: [] });
      }
    }
    for (const verdict of left.values())
      open.push({ alert: await this.#begins(transaction, verdict, now), rules: verdict.rules });
    return open;
  }

  async #begins(transaction: Ledger, { finding }: Verdict, now: Date): Promise<AlertRow> {
    const { planIds: _plans, ...fields } = finding;
    const alert: AlertRow = {
      ...fields,
      id: randomUUID(),
      openedAt: now,
      ...{ calmSince: null, resolvedAt: null, resolution: null },
    };
    await insertAlert(transaction, alert);
    const { kind, subjectName, severity, what } = alert;
    this.runtime.logger.warn(
      { alertId: alert.id, kind, subject: subjectName, severity, what },
      'alert opened',
    );
    return alert;
  }

  /** It began when it began, though its words may change. */
  async #goesOn(transaction: Ledger, alert: AlertRow, { finding }: Verdict): Promise<AlertRow> {
    const { severity, what, advice, subjectName } = finding;
    const change = { severity, what, advice, subjectName, calmSince: null };
    if (Object.entries(change).every(([member, value]) => alert[member as keyof AlertRow] === value))
      return alert;
    await changeAlert(transaction, alert.id, change);
    return { ...alert, ...change };
  }

  /** Its cause is gone: it resolves once that has been so for a while, or silently at once if nobody asks. */
  async #calm(
    transaction: Ledger,
    alert: AlertRow,
    silently: string | null,
    now: Date,
  ): Promise<AlertRow | null> {
    const calmSince = alert.calmSince ?? now;
    const calm =
      silently !== null || now.getTime() - calmSince.getTime() >= this.runtime.config.ALERT_CALM_MS;
    if (!calm) {
      if (alert.calmSince === null) await changeAlert(transaction, alert.id, { calmSince });
      return { ...alert, calmSince };
    }
    const resolution = silently ?? `${goodAgain(alert)}.`;
    await changeAlert(transaction, alert.id, { calmSince, resolvedAt: now, resolution });
    if (silently !== null) await dropNotices(transaction, { alertId: alert.id });
    this.runtime.logger.info({ alertId: alert.id, kind: alert.kind, resolution }, 'alert resolved');
    return null;
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

function covers({ kinds, planIds }: AlertRule, { kind, planId }: AlertRow): boolean {
  return kinds.includes(kind) && (planIds === null || planId === null || planIds.includes(planId));
}
