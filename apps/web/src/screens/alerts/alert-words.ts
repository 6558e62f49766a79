import type { AlertKind, AlertView } from '@periodic-backup/contracts/http';
import type { LinkProps } from '@tanstack/react-router';
import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import type { StateLook } from '../../design/state/states.js';

/** What alerts are about, in the order in which a rule lists them. */
export const ALERT_KIND_WORDS: Readonly<Record<AlertKind, string>> = {
  'plan-health': 'A plan is failing, late or unverified',
  'run-failed': 'A run failed',
  'run-partial': 'A backup left files out',
  'run-missed': 'A run was missed',
  'verification-failed': 'A verification found damage',
  'snapshot-shrank': 'A snapshot shrank',
  'snapshot-grew': 'A snapshot grew',
  'snapshot-changed': 'Very many files changed at once',
  'vault-space-low': 'A vault has little space left',
  'agent-silent': 'An agent is silent',
  'receiver-gone': 'A receiver is gone',
};
export const ALERT_KINDS = Object.keys(ALERT_KIND_WORDS) as AlertKind[];

export function lookOfAlert({ resolvedAt, severity }: AlertView): StateLook {
  if (resolvedAt !== null) return { tone: 'ok', word: 'Resolved', icon: CircleCheck };
  return severity === 'critical'
    ? { tone: 'bad', word: 'Critical', icon: CircleAlert }
    : { tone: 'warn', word: 'Warning', icon: TriangleAlert };
}

/** The screen of what an alert is about. */
export function placeOfAlert({ kind, planId, subject }: AlertView): LinkProps {
  if (planId !== null) return { to: '/plans/$planId', params: { planId } };
  switch (kind) {
    case 'agent-silent':
      return { to: '/agents', search: { agent: subject } };
    case 'receiver-gone':
      return { to: '/receivers' };
    default:
      return { to: '/vaults' };
  }
}
