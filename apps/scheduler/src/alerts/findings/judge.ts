import type { AlertKind, AlertRule, AlertSeverity, AlertThresholds } from '@periodic-backup/contracts';
import type { PlanHealthFacts } from '@periodic-backup/contracts';
import type { DamageFacts, FailedTask, PlanRunFacts, SnapshotFacts } from '@periodic-backup/ledger';
import type { Finding } from './finding.js';
import { healthFindings } from './health-findings.js';
import {
  agentFindings,
  receiverFindings,
  spaceFindings,
  type AgentFacts,
  type VaultFacts,
} from './presence-findings.js';
import { runFindings, taskFindings } from './run-findings.js';
import { damageFindings, snapshotFindings } from './snapshot-findings.js';

/** All that alerts are judged by: the ledger, and heartbeats if they can be read. */
export interface AlertFacts {
  readonly health: readonly PlanHealthFacts[];
  readonly runs: readonly PlanRunFacts[];
  readonly tasks: readonly FailedTask[];
  readonly snapshots: readonly SnapshotFacts[];
  readonly damages: readonly DamageFacts[];
  /** Null while nobody can tell who is there. */
  readonly presence: {
    readonly agents: readonly AgentFacts[];
    readonly vaults: readonly VaultFacts[];
  } | null;
}

export interface Verdict {
  readonly finding: Finding;
  /** The rules that ask for it. */
  readonly rules: readonly AlertRule[];
}

const PRESENCE_KINDS: readonly AlertKind[] = ['vault-space-low', 'agent-silent', 'receiver-gone'];
/** What explains a failing plan better than its health does. */
const BETTER_THAN_HEALTH: readonly AlertKind[] = ['run-failed', 'run-missed', 'verification-failed'];
const RANK: Readonly<Record<AlertSeverity, number>> = { warning: 1, critical: 2 };

/** Kinds of which nothing can be said now: their alerts stay as they are. */
export function unknownKinds({ presence }: AlertFacts): ReadonlySet<AlertKind> {
  return new Set(presence === null ? PRESENCE_KINDS : []);
}

export const keyOf = ({ kind, subject }: Pick<Finding, 'kind' | 'subject'>): string => `${kind} ${subject}`;

export const isGraver = (a: AlertSeverity, b: AlertSeverity): boolean => RANK[a] > RANK[b];

export interface Judgement {
  /** What is wrong now and some rule asks for, by kind and subject. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** Kinds and subjects that another verdict explains better. */
  readonly explained: ReadonlySet<string>;
}

/** Judges by each rule's own thresholds, plans and least severity. Pure. */
export function judge(rules: readonly AlertRule[], facts: AlertFacts, now: Date): Judgement {
  const anyThresholds = [
    ...healthFindings(facts.health, now),
    ...runFindings(facts.runs),
    ...taskFindings(facts.tasks),
    ...damageFindings(facts.damages, now),
  ];
  const verdicts = new Map<string, { finding: Finding; rules: AlertRule[] }>();
  for (const rule of rules) {
    if (!rule.enabled) continue;
    for (const finding of [...anyThresholds, ...beyond(rule.thresholds, facts, now)].filter(asked(rule))) {
      const verdict = verdicts.get(keyOf(finding));
      if (verdict) verdict.rules.push(rule);
      else verdicts.set(keyOf(finding), { finding, rules: [rule] });
    }
  }
  return withoutDoubles(verdicts);
}

function beyond(thresholds: AlertThresholds, facts: AlertFacts, now: Date): Finding[] {
  const { agents, vaults } = facts.presence ?? { agents: [], vaults: [] };
  return [
    ...snapshotFindings(facts.snapshots, thresholds),
    ...agentFindings(agents, thresholds, now),
    ...receiverFindings(vaults, thresholds, now),
    ...spaceFindings(vaults, thresholds, now),
  ];
}

function asked(rule: AlertRule): (finding: Finding) => boolean {
  const kinds = new Set(rule.kinds);
  const plans = rule.planIds && new Set(rule.planIds);
  return ({ kind, planIds, severity }) =>
    kinds.has(kind) &&
    !isGraver(rule.minSeverity, severity) &&
    (plans === null || planIds.some((planId) => plans.has(planId)));
}

/** A rule that hears of a plan's failed run need not hear of the plan's health as well. */
function withoutDoubles(verdicts: ReadonlyMap<string, Verdict>): Judgement {
  const left = new Map<string, Verdict>();
  const explained = new Set<string>();
  for (const [key, { finding, rules }] of verdicts) {
    const better =
      finding.kind === 'plan-health'
        ? BETTER_THAN_HEALTH.flatMap(
            (kind) => verdicts.get(keyOf({ kind, subject: finding.subject }))?.rules ?? [],
          )
        : [];
    const still = rules.filter((rule) => !better.includes(rule));
    if (still.length > 0) left.set(key, { finding, rules: still });
    else explained.add(key);
  }
  return { verdicts: left, explained };
}
