import { durationInWords } from './duration-words.js';
import { duePeriod, nextDueTime } from './due-times.js';
import type { Schedule } from './plan.js';
import type { PlanHealth } from './plan-health-view.js';
import type { RecoveryPoint } from './promise-views.js';
import { lateAt, latestUntaken, recoveryPoint, untakenDueTimes } from './promises.js';

/** What the ledger knows of a plan that its health depends on. Runs are backups only. */
export interface PlanHealthFacts {
  readonly planId: string;
  readonly planName: string;
  readonly agentId: string;
  readonly createdAt: Date;
  readonly schedule: Schedule;
  readonly verifySchedule: Schedule | null;
  readonly recoveryPointSeconds: number | null;
  readonly pausedAt: Date | null;
  readonly dueFrom: Date;
  /** The last due time that has a run, whatever became of it. */
  readonly lastTickAt: Date | null;
  /** The longest overdue run that has not ended. */
  readonly open: {
    readonly state: 'waiting' | 'queued' | 'running';
    readonly scheduledFor: Date;
    readonly reason: string | null;
  } | null;
  /** The newest run that ended by itself: cancelling is a person's wish, no failure. */
  readonly lastEnded: {
    readonly runId: string;
    readonly state: 'committed' | 'partial' | 'failed' | 'missed';
    readonly scheduledFor: Date;
    readonly endedAt: Date;
    readonly reason: string | null;
  } | null;
  /** Not removed, no damage known. */
  readonly newestGood: { readonly snapshot: string; readonly committedAt: Date } | null;
  /** Snapshots that are kept and known to be damaged. */
  readonly damaged: { readonly snapshots: number; readonly newest: string } | null;
  /**
   * Of the good snapshots, the one whose last verification is longest ago; for one that was never verified its commit
   * counts, or the last change of the plan. Null without any, or without a schedule of verifications.
   */
  readonly leastVerified: {
    readonly snapshot: string;
    readonly since: Date;
    readonly verified: boolean;
  } | null;
}

/** How well a plan does at `now`, and why. Pure. */
export function planHealth(facts: PlanHealthFacts, now: Date): PlanHealth {
  const { planId, planName, agentId } = facts;
  const point = recoveryPoint(facts, now);
  return { planId, planName, agentId, ...judge(facts, point, now), recoveryPoint: point };
}

function judge(
  facts: PlanHealthFacts,
  point: RecoveryPoint,
  now: Date,
): Pick<PlanHealth, 'state' | 'sentence'> {
  const { pausedAt, lastEnded, newestGood } = facts;
  if (pausedAt)
    return {
      state: 'paused',
      sentence: `Paused since ${instant(pausedAt)}: nothing is due until it is resumed.`,
    };
  const lateness = latenessOf(facts, now);
  const failure = failureOf(facts, point, now);
  // One that never came to an end and whose promise is not broken yet: all else would judge too early.
  if (!lastEnded && !newestGood && failure === null)
    return {
      state: 'never-run',
      sentence: `It has never run: ${lateness ?? `first due at ${instant(nextDueTime(facts.schedule, later(now, facts.dueFrom)))}.`}`,
    };
  if (failure !== null) return { state: 'failing', sentence: failure };
  if (lateness !== null) return { state: 'running-late', sentence: capitalized(lateness) };
  const unverified = unverifiedOf(facts, now);
  if (unverified !== null) return { state: 'unverified', sentence: unverified };
  return { state: 'healthy', sentence: wellness(facts, point) };
}

function failureOf(facts: PlanHealthFacts, point: RecoveryPoint, now: Date): string | null {
  const { damaged, lastEnded, newestGood } = facts;
  if (damaged)
    return damaged.snapshots === 1
      ? `Snapshot ${damaged.newest} is damaged: the last verification of it could not read all as it was written.`
      : `${damaged.snapshots} snapshots are damaged, the newest of them ${damaged.newest}: their last verification could not read all as it was written.`;
  const failed = lastEnded?.state === 'failed' || lastEnded?.state === 'missed';
  // A run that waited behind a missed one may have made good for it since.
  if (failed && !(newestGood && newestGood.committedAt > lastEnded.endedAt))
    return `The backup of ${instant(lastEnded.scheduledFor)} ${lastEnded.state === 'failed' ? 'failed' : 'was missed'}${because(lastEnded.reason)} ${heldPhrase(point)}`;
  const untaken = untakenCount(facts, now);
  if (untaken > 0)
    return `${untaken === 1 ? 'A due time' : `${untaken} due times`} passed and nobody was there to take ${untaken === 1 ? 'it' : 'them'}: is the scheduler running? ${heldPhrase(point)}`;
  if (point.broken)
    return point.heldSeconds === null
      ? `No backup has succeeded in the ${durationInWords(point.promisedSeconds * 1000)} within which one was promised${openPhrase(facts)}`
      : `The newest good snapshot is ${ageOf(point)} old; promised are at most ${durationInWords(point.promisedSeconds * 1000)}${openPhrase(facts)}`;
  return null;
}

/** Due times that nobody will take any more: the latest one still is, late, when somebody comes. */
function untakenCount(facts: PlanHealthFacts, now: Date): number {
  const period = { from: facts.dueFrom, to: new Date(now.getTime() + 1), now };
  const { missed, fresh } = untakenDueTimes(facts, facts.lastTickAt, period);
  return Math.min(missed, missed + fresh - 1);
}

function latenessOf(facts: PlanHealthFacts, now: Date): string | null {
  const { open, schedule, lastTickAt } = facts;
  if (open) {
    const { scheduledFor, state, reason } = open;
    const overdue = durationInWords(now.getTime() - scheduledFor.getTime());
    if (state === 'running')
      return nextDueTime(schedule, scheduledFor) < now
        ? `the backup of ${instant(scheduledFor)} is still running, ${overdue} after it was due and past its next due time.`
        : null;
    return now > lateAt(schedule, scheduledFor)
      ? `the backup of ${instant(scheduledFor)} has not started, ${overdue} after it was due${because(reason)}`
      : null;
  }
  const untaken = latestUntaken(facts, lastTickAt, now);
  return untaken && now > lateAt(schedule, untaken)
    ? `it was due at ${instant(untaken)} and nobody took it: is the scheduler running?`
    : null;
}

function unverifiedOf({ verifySchedule, leastVerified }: PlanHealthFacts, now: Date): string | null {
  if (!verifySchedule || !leastVerified) return null;
  const periodMs = duePeriod(verifySchedule, now).longestMs;
  const ageMs = now.getTime() - leastVerified.since.getTime();
  if (ageMs <= 2 * periodMs) return null;
  const { snapshot, verified, since } = leastVerified;
  const age = durationInWords(ageMs);
  return (
    `Snapshot ${snapshot} ${verified ? `was last verified at ${instant(since)}, ${age} ago` : `was never verified in ${age}`}; ` +
    `its schedule asks for that every ${durationInWords(periodMs)}.`
  );
}

function wellness({ lastEnded }: PlanHealthFacts, point: RecoveryPoint): string {
  return lastEnded?.state === 'partial'
    ? `The backup of ${instant(lastEnded.scheduledFor)} left something out${because(lastEnded.reason)} ${heldPhrase(point)}`
    : heldPhrase(point);
}

/** A sentence. */
function heldPhrase(point: RecoveryPoint): string {
  return point.heldSeconds === null
    ? 'There is no good snapshot.'
    : `The newest good snapshot is ${ageOf(point)} old; at most ${durationInWords(point.promisedSeconds * 1000)} are promised.`;
}

function ageOf(point: RecoveryPoint): string {
  return durationInWords((point.heldSeconds ?? 0) * 1000);
}

/** Ends a sentence. */
function openPhrase({ open }: PlanHealthFacts): string {
  if (!open) return '.';
  return open.state === 'running'
    ? `; the backup of ${instant(open.scheduledFor)} is running.`
    : `; the backup of ${instant(open.scheduledFor)} has not started${because(open.reason)}`;
}

/** Ends a sentence. */
function because(reason: string | null): string {
  if (!reason) return '.';
  return `: ${reason}${/[.!?]$/.test(reason) ? '' : '.'}`;
}

function instant(at: Date): string {
  return at.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function later(a: Date, b: Date): Date {
  return a > b ? a : b;
}

function capitalized(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
