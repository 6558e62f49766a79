import { randomUUID } from 'node:crypto';
import { AlertRuleInput, type AlertChannelSettings, type AlertMessage } from '@periodic-backup/contracts';
import {
  getAlertDelivery,
  insertAlertChannel,
  insertAlertRule,
  listAlertDeliveries,
  listAlerts,
  type Ledger,
  type PlanRow,
} from '@periodic-backup/ledger';
import { sealChannel } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';
import type { TestBed } from './test-bed.js';
import type { TakenRequest } from './test-http-server.js';

export const ALERT_PERIODS = {
  ALERT_ROUND_MS: '40',
  ALERT_CALM_MS: '0',
  ALERT_SEND_INTERVAL_MS: '20',
  ALERT_RETRY_DELAYS_MS: '40,80',
  ALERT_TIMEOUT_MS: '5000',
};

/** 32 bytes. */
export const WEBHOOK_SECRET = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=';

/** Channels, rules and rows of a test of alerts. */
export class AlertBed {
  constructor(private readonly bed: TestBed) {}

  get ledger(): Ledger {
    return this.bed.connection.ledger;
  }

  /** A rule that tells at once, of what is named; in place of the one that comes with the table. */
  async rule(fields: Partial<AlertRuleInput> = {}): Promise<string> {
    await this.ledger.execute('delete from alert_rules');
    const rule = AlertRuleInput.parse({ name: 'rule', groupingSeconds: 0 });
    return (await insertAlertRule(this.ledger, { ...rule, id: randomUUID(), ...fields })).id;
  }

  async channel(settings: AlertChannelSettings): Promise<string> {
    const id = randomUUID();
    const sealed = sealChannel(this.bed.secrets, id, settings);
    await insertAlertChannel(this.ledger, { id, name: `channel ${id}`, enabled: true, settings: sealed });
    return id;
  }

  webhook(url: string): Promise<string> {
    return this.channel({ kind: 'webhook', url: `${url}/hook`, secret: WEBHOOK_SECRET });
  }

  /** A backup that ended; `minutesAgo` orders several. */
  async ended(
    plan: PlanRow,
    state: 'committed' | 'partial' | 'failed' | 'missed',
    minutesAgo = 0,
  ): Promise<void> {
    const at = new Date(Date.now() - minutesAgo * 60_000).toISOString();
    await this.ledger.execute(
      `insert into runs (id, plan_id, agent_id, trigger, state, reason, scheduled_for, started_at, finished_at)
       values ('${randomUUID()}', '${plan.id}', '${plan.agentId}', 'manual', '${state}',
         ${state === 'committed' ? 'null' : "'The disk says no.'"}, '${at}', '${at}', '${at}')`,
    );
  }

  alerts = async (state?: 'open' | 'resolved') =>
    (await listAlerts(this.ledger, { limit: 100, state })).items;

  deliveries = async () => (await listAlertDeliveries(this.ledger, { limit: 100 })).items;

  /** Resolves once the delivery is over. */
  deliveryDone = (id: string) =>
    until(
      async () => {
        const delivery = await getAlertDelivery(this.ledger, id);
        return delivery && delivery.state !== 'pending' ? delivery : null;
      },
      { what: `delivery ${id} to be over` },
    );

  async clear(): Promise<void> {
    await this.ledger.execute(
      'truncate agents, alert_channels, alert_rules, alert_tests, alert_states, alert_notices, alert_deliveries',
    );
  }
}

/** What a webhook was told. */
export function messageOf({ body }: TakenRequest): AlertMessage {
  return (JSON.parse(body) as { data: AlertMessage }).data;
}
