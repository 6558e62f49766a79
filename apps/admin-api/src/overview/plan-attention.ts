import type { Attention, HealthState } from '@periodic-backup/contracts';
import type { JudgedPlan } from '@periodic-backup/ledger';

/** Worst first. Paused and healthy plans want nothing. */
export const WORST_FIRST: readonly HealthState[] = [
  'failing',
  'never-run',
  'running-late',
  'unverified',
  'healthy',
  'paused',
];
const WANTING: ReadonlySet<HealthState> = new Set(['failing', 'never-run', 'running-late', 'unverified']);

/** Who is there that plans depend on. */
export interface Reachable {
  readonly agents: ReadonlySet<string>;
  /** Vaults with a receiver online. */
  readonly vaults: ReadonlySet<string>;
  readonly vaultOf: ReadonlyMap<string, string>;
}

/** Plans that somebody should look at, worst first and of the same state the longest first, with cause and remedy. */
export function planAttention(judged: readonly JudgedPlan[], reachable: Reachable): Attention[] {
  return judged
    .filter(({ health }) => WANTING.has(health.state))
    .sort(
      (a, b) =>
        WORST_FIRST.indexOf(a.health.state) - WORST_FIRST.indexOf(b.health.state) ||
        sinceOf(a).getTime() - sinceOf(b).getTime(),
    )
    .map((one) => attentionOf(one, reachable));
}

function attentionOf(one: JudgedPlan, reachable: Reachable): Attention {
  const { planId, planName, agentId, state, sentence } = one.health;
  return {
    ...{ about: 'plan', subject: planId, name: planName, state, agentId, cause: sentence },
    severity: state === 'failing' ? 'critical' : 'warning',
    since: sinceOf(one).toISOString(),
    action: actionOf(one, reachable),
  };
}

function sinceOf({ plan, health }: JudgedPlan): Date {
  switch (health.state) {
    case 'failing':
      return plan.lastEnded && plan.lastEnded.state !== 'committed'
        ? plan.lastEnded.scheduledFor
        : (plan.newestGood?.committedAt ?? plan.createdAt);
    case 'running-late':
      return plan.open?.scheduledFor ?? plan.lastTickAt ?? plan.createdAt;
    case 'unverified':
      return plan.leastVerified?.since ?? plan.createdAt;
    default:
      return plan.createdAt;
  }
}

function actionOf({ plan, health }: JudgedPlan, reachable: Reachable): Attention['action'] {
  const { planId, agentId, state } = health;
  if (state === 'unverified') return { kind: 'verify', subject: planId, words: 'Verify now' };
  if (!reachable.agents.has(agentId))
    return { kind: 'start-agent', subject: agentId, words: `Start agent "${agentId}" on its machine` };
  const vaultId = reachable.vaultOf.get(planId);
  if (vaultId !== undefined && !reachable.vaults.has(vaultId))
    return { kind: 'start-receiver', subject: vaultId, words: 'Start a receiver of its vault' };
  if (plan.damaged)
    return { kind: 'run-now', subject: planId, words: 'Back up now: what is damaged is sent again' };
  if (plan.open) return { kind: 'open-plan', subject: planId, words: 'See what its run is doing' };
  if (plan.lastEnded?.state === 'failed')
    return { kind: 'open-run', subject: plan.lastEnded.runId, words: 'See why it failed' };
  return {
    kind: 'run-now',
    subject: planId,
    words: state === 'never-run' ? 'Make its first backup now' : 'Back up now',
  };
}
