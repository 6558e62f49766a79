import type { RunKind } from '@periodic-backup/contracts';
import type { FailedTask, PlanRunFacts } from '@periodic-backup/ledger';
import { because, minuteOf, type Finding } from './finding.js';

const ENDINGS = {
  failed: {
    kind: 'run-failed',
    severity: 'critical',
    words: 'failed',
    advice: 'Correct what the reason names, then run the plan by hand to see that it works.',
  },
  partial: {
    kind: 'run-partial',
    severity: 'warning',
    words: 'left something out',
    advice: 'Look at the problems of its last run: make those files readable for the agent, or exclude them.',
  },
  missed: {
    kind: 'run-missed',
    severity: 'critical',
    words: 'was missed',
    advice:
      'See that its agent and a receiver of its vault are online and that it is not due more often than it can run.',
  },
} as const;

/** Plans whose last backup did not end well. */
export function runFindings(facts: readonly PlanRunFacts[]): Finding[] {
  return facts.flatMap(({ planId, planName, agentId, newest, lastGoodAt }) => {
    if (newest === null || newest.state === 'committed') return [];
    const { kind, severity, words, advice } = ENDINGS[newest.state];
    const good = lastGoodAt
      ? `The last complete one ended at ${minuteOf(lastGoodAt)}.`
      : 'There is no complete one yet.';
    return [
      {
        ...{ kind, severity, advice, planId },
        subject: planId,
        planIds: [planId],
        subjectName: `plan "${planName}" of agent "${agentId}"`,
        what: `The backup of ${minuteOf(newest.endedAt)} ${words}${because(newest.reason)} ${good}`,
        since: newest.endedAt,
      },
    ];
  });
}

const TASK_WORDS: Readonly<Record<RunKind, string>> = {
  backup: 'backup',
  restore: 'restore',
  verify: 'verification',
  prune: 'removal of old snapshots',
  drill: 'drill',
};

/** Restores, verifications, drills and the work of retention that failed. A verification that found damage has an alert of its own. */
export function taskFindings(tasks: readonly FailedTask[]): Finding[] {
  return tasks
    .filter(({ kind, state }) => !(kind === 'verify' && state === 'partial'))
    .map(({ planId, planName, kind, state, reason, endedAt }) => ({
      kind: ENDINGS[state].kind,
      subject: `${planId}:${kind}`,
      subjectName: `plan "${planName}" (${TASK_WORDS[kind]})`,
      planId,
      planIds: [planId],
      severity: 'warning',
      what: `The ${TASK_WORDS[kind]} of ${minuteOf(endedAt)} ${ENDINGS[state].words}${because(reason)}`,
      advice: 'Correct what the reason names, then start it again.',
      since: endedAt,
    }));
}
