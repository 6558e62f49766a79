import { createHash } from 'node:crypto';
import { nextDueTime, type Schedule } from '@periodic-backup/contracts';

/** Of the period of a plan: a start that is spread still belongs to its own due time. */
const MOST_OF_PERIOD = 0.1;

/**
 * When a scheduled run may start: at its place in the spread after `scheduledFor`, which is the plan's own and the
 * same for every tick, so that a plan keeps its rhythm. `scheduledFor` itself if there is no spread.
 */
export function startOf(
  plan: { readonly id: string; readonly schedule: Schedule },
  scheduledFor: Date,
  jitterSeconds: number,
): Date {
  if (jitterSeconds === 0) return scheduledFor;
  const periodMs = nextDueTime(plan.schedule, scheduledFor).getTime() - scheduledFor.getTime();
  const spreadMs = Math.min(jitterSeconds * 1000, periodMs * MOST_OF_PERIOD);
  return new Date(scheduledFor.getTime() + Math.floor(placeOf(plan.id) * spreadMs));
}

/** Why it waits until then, in words. */
export function spreadReason(start: Date): string {
  return `Waits for its place in the start spread until ${start.toISOString().slice(11, 19)} UTC.`;
}

/** From 0 to below 1, evenly over all plans. */
function placeOf(planId: string): number {
  return createHash('sha256').update(planId).digest().readUInt32BE(0) / 2 ** 32;
}
