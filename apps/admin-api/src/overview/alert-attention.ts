import type { AlertKind, Attention } from '@periodic-backup/contracts';
import type { AlertRow } from '@periodic-backup/ledger';

/** Those whose plan says the same by its health are left out. */
const SHOWN: Partial<Record<AlertKind, Pick<Attention, 'about'> & Pick<Attention['action'], 'kind'>>> = {
  'agent-silent': { about: 'agent', kind: 'start-agent' },
  'receiver-gone': { about: 'vault', kind: 'start-receiver' },
  'vault-space-low': { about: 'vault', kind: 'open-vault' },
  'run-partial': { about: 'plan', kind: 'open-plan' },
  'snapshot-shrank': { about: 'plan', kind: 'open-plan' },
  'snapshot-grew': { about: 'plan', kind: 'open-plan' },
  'snapshot-changed': { about: 'plan', kind: 'open-plan' },
};

/** Open alerts that tell of more than the health of a plan, critical ones and the longest first. */
export function alertAttention(alerts: readonly AlertRow[]): Attention[] {
  return alerts
    .flatMap((alert): Attention[] => {
      const shown = SHOWN[alert.kind];
      if (!shown) return [];
      const { subject, subjectName, planId, severity, what, advice, since } = alert;
      const about = shown.about === 'plan' ? (planId ?? subject) : subject;
      return [
        {
          ...{ about: shown.about, subject: about, name: subjectName, severity, state: null },
          agentId: shown.about === 'agent' ? subject : null,
          cause: what,
          since: since.toISOString(),
          action: { kind: shown.kind, subject: about, words: advice },
        },
      ];
    })
    .sort(
      (a, b) =>
        Number(b.severity === 'critical') - Number(a.severity === 'critical') ||
        ((a.since ?? '') < (b.since ?? '') ? -1 : 1),
    );
}
