import type { OpenRuns } from '@periodic-backup/ledger';

/** What becomes of a tick that is due now. */
export type TickDecision =
  | { readonly state: 'missed'; readonly reason: string }
  | {
      readonly state: 'waiting';
      readonly reason: string | null;
      /** A run that gives its place to this tick, and why it counts as missed. */
      readonly displaces: { readonly runId: string; readonly reason: string } | null;
    };

/**
 * The overlap rule: one run of a plan at a time, at most one waiting behind it; a further tick is missed. Without a
 * run to wait behind, a scheduled run that has not started by now could not start in time: it is missed, and the new
 * tick takes its place. A manual start and a run between two attempts keep theirs, and so does a run that waits for
 * nothing but its turn: it would else lose, with its lateness, its priority, and never have one.
 */
export function decideTick({ active, waiting }: OpenRuns): TickDecision {
  if (!waiting)
    return {
      state: 'waiting',
      reason: active ? `The run of ${instant(active.scheduledFor)} has not ended yet.` : null,
      displaces: null,
    };
  if (active)
    return {
      state: 'missed',
      reason: `One run was at work and the run of ${instant(waiting.scheduledFor)} was already waiting behind it.`,
    };
  if (waiting.trigger === 'manual')
    return {
      state: 'missed',
      reason: `The run started by hand at ${instant(waiting.scheduledFor)} was still waiting${because(waiting.reason)}`,
    };
  if (waiting.attempts > 0)
    return {
      state: 'missed',
      reason: `The run of ${instant(waiting.scheduledFor)} had yet to be tried again${because(waiting.reason)}`,
    };
  if (waiting.heldBack)
    return {
      state: 'missed',
      reason: `The run of ${instant(waiting.scheduledFor)} had not had its turn yet${because(waiting.reason)}`,
    };
  return {
    state: 'waiting',
    reason: null,
    displaces: {
      runId: waiting.id,
      reason: `Could not start before the next due time${because(waiting.reason)}`,
    },
  };
}

function because(reason: string | null): string {
  return reason === null ? '.' : `: ${reason}`;
}

function instant(at: Date): string {
  return at.toISOString().replace('.000Z', 'Z');
}
