import type { AlertRule } from '@periodic-backup/contracts';
import type { AlertRow } from '@periodic-backup/ledger';
import { keyOf, type AlertFacts, type Judgement } from './judge.js';

/**
 * Why an alert that nothing holds open any more ends without a word, though all may not be well; null: its cause is
 * gone, which is to be told.
 */
export function silentEnd(
  alert: AlertRow,
  { explained }: Judgement,
  rules: readonly AlertRule[],
  facts: AlertFacts,
): string | null {
  if (explained.has(keyOf(alert))) return 'Another alert says more about it.';
  if (!rules.some((rule) => rule.enabled && covers(rule, alert))) return 'No rule asks for it any more.';
  if (alert.kind === 'verification-failed') return null;
  if (alert.planId !== null) {
    if (!facts.runs.some(({ planId }) => planId === alert.planId)) return 'The plan was paused or deleted.';
    return alert.subject.endsWith(':restore') ? 'A later one went well, or a day has passed.' : null;
  }
  const needed =
    facts.presence?.agents.some(({ agentId }) => agentId === alert.subject) ||
    facts.presence?.vaults.some(({ vaultId }) => vaultId === alert.subject);
  return needed ? null : 'No live plan needs it any more.';
}

function covers({ kinds, planIds }: AlertRule, { kind, planId }: AlertRow): boolean {
  return kinds.includes(kind) && (planIds === null || planId === null || planIds.includes(planId));
}
