import { asc, eq, sql } from 'drizzle-orm';
import {
  AlertThresholds,
  type AlertRule,
  type AlertRuleInput,
  type AlertRulePatch,
} from '@periodic-backup/contracts';
import { NameTakenError, violatesUnique } from '../ledger-errors.js';
import type { Ledger } from '../open-ledger.js';
import { alertRules } from '../schema.js';

type AlertRuleRow = typeof alertRules.$inferSelect;

/** By name, with every threshold. */
export async function listAlertRules(ledger: Ledger): Promise<AlertRule[]> {
  return (await ledger.select().from(alertRules).orderBy(asc(alertRules.name))).map(toRule);
}

export async function getAlertRule(ledger: Ledger, id: string): Promise<AlertRule | null> {
  const [row] = await ledger.select().from(alertRules).where(eq(alertRules.id, id));
  return row ? toRule(row) : null;
}

/** @throws NameTakenError */
export async function insertAlertRule(
  ledger: Ledger,
  rule: AlertRuleInput & { id: string },
): Promise<AlertRule> {
  const [row] = await namesChecked(rule.name, () => ledger.insert(alertRules).values(rule).returning());
  return toRule(row!);
}

/** What is left out stays, thresholds one by one. Null if there is none. @throws NameTakenError */
export async function updateAlertRule(
  ledger: Ledger,
  id: string,
  { thresholds, ...patch }: AlertRulePatch,
): Promise<AlertRule | null> {
  const change = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
  const [row] = await namesChecked(patch.name ?? '', () =>
    ledger
      .update(alertRules)
      .set({
        ...change,
        ...(thresholds
          ? { thresholds: sql`${alertRules.thresholds} || ${JSON.stringify(thresholds)}::jsonb` }
          : {}),
        updatedAt: sql`now()`,
      })
      .where(eq(alertRules.id, id))
      .returning(),
  );
  return row ? toRule(row) : null;
}

/** False if there is none. */
export async function deleteAlertRule(ledger: Ledger, id: string): Promise<boolean> {
  return (await ledger.delete(alertRules).where(eq(alertRules.id, id)).returning()).length > 0;
}

function toRule({ createdAt, updatedAt, thresholds, ...fields }: AlertRuleRow): AlertRule {
  return {
    ...fields,
    // One that another version knows must not keep this one from judging.
    thresholds: AlertThresholds.strip().parse(thresholds),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

async function namesChecked<T>(name: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violatesUnique(error, 'alert_rules_name')) throw new NameTakenError('alert rule', name);
    throw error;
  }
}
