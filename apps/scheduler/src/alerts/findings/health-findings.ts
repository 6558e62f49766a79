import { planHealth, type HealthState, type PlanHealthFacts } from '@periodic-backup/contracts';
import type { Finding } from './finding.js';

const ADVICE: Readonly<Partial<Record<HealthState, { severity: Finding['severity']; advice: string }>>> = {
  failing: {
    severity: 'critical',
    advice: 'Correct what the sentence names, then run the plan by hand to see that it works.',
  },
  'running-late': {
    severity: 'warning',
    advice:
      'See that its agent and a receiver of its vault are online, and whether too much is due at the same time.',
  },
  unverified: {
    severity: 'warning',
    advice: 'Verify its snapshots by hand, and see why the schedule of verifications is not kept.',
  },
};

/** Plans that are not well. One that has never run is not: its first due time is yet to come, or it is late. */
export function healthFindings(facts: readonly PlanHealthFacts[], now: Date): Finding[] {
  return facts.flatMap((plan) => {
    const { planId, planName, agentId, state, sentence } = planHealth(plan, now);
    const judged = ADVICE[state];
    if (!judged) return [];
    return [
      {
        kind: 'plan-health',
        subject: planId,
        subjectName: `plan "${planName}" of agent "${agentId}"`,
        planId,
        planIds: [planId],
        severity: judged.severity,
        what: sentence,
        advice: judged.advice,
        since: plan.lastEnded?.endedAt ?? plan.dueFrom,
      },
    ];
  });
}
