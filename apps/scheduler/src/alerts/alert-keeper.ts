import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AlertRule } from '@periodic-backup/contracts';
import {
  changeAlert,
  dropNotices,
  insertAlert,
  openAlerts,
  resolvedUnsaid,
  type AlertRow,
  type Ledger,
} from '@periodic-backup/ledger';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { keyOf, unknownKinds, type AlertFacts, type Judgement, type Verdict } from './findings/judge.js';
import { silentEnd } from './findings/silent-end.js';
import { goodAgain } from './messages/compose-message.js';

/** An alert with the rules that ask for it now; none: its cause is gone or cannot be seen now. */
export interface OpenAlert {
  readonly alert: AlertRow;
  readonly rules: readonly AlertRule[];
}

/** Brings the alerts of the ledger in line with what is wrong now. */
@Injectable()
export class AlertKeeper {
  constructor(private readonly runtime: SchedulerRuntime) {}

  /** Opens, changes and resolves; answers with those that are open then. */
  async settle(
    transaction: Ledger,
    judgement: Judgement,
    { rules, facts, now }: { rules: readonly AlertRule[]; facts: AlertFacts; now: Date },
  ): Promise<OpenAlert[]> {
    const unknown = unknownKinds(facts);
    const open: OpenAlert[] = [];
    const begins = new Map(judgement.verdicts);
    for (const alert of await openAlerts(transaction)) {
      const verdict = begins.get(keyOf(alert));
      begins.delete(keyOf(alert));
      if (verdict)
        open.push({ alert: await this.#goesOn(transaction, alert, verdict), rules: verdict.rules });
      else if (unknown.has(alert.kind)) open.push({ alert, rules: [] });
      else {
        const silently = silentEnd(alert, judgement, rules, facts);
        const still = await this.#calm(transaction, alert, silently, now);
        if (still) open.push({ alert: still, rules: [] });
      }
    }
    // An end that nobody was told of yet has not happened.
    const ended = new Map((await resolvedUnsaid(transaction)).map((alert) => [keyOf(alert), alert]));
    for (const [key, verdict] of begins) {
      const before = ended.get(key);
      const alert = before
        ? await this.#goesOn(transaction, before, verdict)
        : await this.#begins(transaction, verdict, now);
      open.push({ alert, rules: verdict.rules });
    }
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
    const { id: alertId, kind, subjectName: subject, severity, what } = alert;
    this.runtime.logger.warn({ alertId, kind, subject, severity, what }, 'alert opened');
    return alert;
  }

  /** It began when it began, though its words may change. */
  async #goesOn(transaction: Ledger, alert: AlertRow, { finding }: Verdict): Promise<AlertRow> {
    const { severity, what, advice, subjectName } = finding;
    const change = {
      ...{ severity, what, advice, subjectName },
      ...{ calmSince: null, resolvedAt: null, resolution: null },
    };
    if (Object.entries(change).every(([member, value]) => alert[member as keyof AlertRow] === value))
      return alert;
    await changeAlert(transaction, alert.id, change);
    return { ...alert, ...change };
  }

  /** Its cause is gone: it resolves once that has been so for a while, or silently at once. Null if it has. */
  async #calm(
    transaction: Ledger,
    alert: AlertRow,
    silently: string | null,
    now: Date,
  ): Promise<AlertRow | null> {
    const calmSince = alert.calmSince ?? now;
    const calmMs = now.getTime() - calmSince.getTime();
    if (silently === null && calmMs < this.runtime.config.ALERT_CALM_MS) {
      if (alert.calmSince === null) await changeAlert(transaction, alert.id, { calmSince });
      return { ...alert, calmSince };
    }
    const resolution = silently ?? `${goodAgain(alert)}.`;
    await changeAlert(transaction, alert.id, { calmSince, resolvedAt: now, resolution });
    if (silently !== null) await dropNotices(transaction, { alertId: alert.id });
    this.runtime.logger.info({ alertId: alert.id, kind: alert.kind, resolution }, 'alert resolved');
    return null;
  }
}
