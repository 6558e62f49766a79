import { CronCalendar } from './cron-calendar.js';
import type { Schedule } from './plan.js';

/**
 * When a schedule is due. The one place that knows: ticks, previews, missed runs and the next due time all ask
 * here. The due times of a schedule are one fixed set of instants, whichever instant one asks from.
 */

/** The first due time strictly after `after`. */
export function nextDueTime(schedule: Schedule, after: Date): Date {
  switch (schedule.kind) {
    case 'every': {
      const periodMs = schedule.everySeconds * 1000;
      return new Date((Math.floor(after.getTime() / periodMs) + 1) * periodMs);
    }
    case 'cron':
      return calendarOf(schedule).next(after);
  }
}

/** The last due time at or before `at`. */
export function latestDueTime(schedule: Schedule, at: Date): Date {
  switch (schedule.kind) {
    case 'every': {
      const periodMs = schedule.everySeconds * 1000;
      return new Date(Math.floor(at.getTime() / periodMs) * periodMs);
    }
    case 'cron':
      return calendarOf(schedule).latest(at);
  }
}

/** Due times in (after, until], oldest first, lazily: a month of downtime of a plan of seconds is many. */
export function* dueTimesBetween(schedule: Schedule, after: Date, until: Date): Generator<Date> {
  for (let due = nextDueTime(schedule, after); due <= until; due = nextDueTime(schedule, due)) yield due;
}

/** How many due times lie in (after, until]. */
export function countDueTimes(schedule: Schedule, after: Date, until: Date): number {
  if (until <= after) return 0;
  switch (schedule.kind) {
    case 'every': {
      const periodMs = schedule.everySeconds * 1000;
      return Math.floor(until.getTime() / periodMs) - Math.floor(after.getTime() / periodMs);
    }
    case 'cron':
      return calendarOf(schedule).count(after, until);
  }
}

export interface DuePeriod {
  readonly shortestMs: number;
  readonly longestMs: number;
}

/**
 * How long a schedule leaves between two due times: nights and weekends that a cron expression skips are seen from
 * either side of them, so that the answer does not change while one waits through such a gap.
 */
export function duePeriod(schedule: Schedule, around: Date): DuePeriod {
  if (schedule.kind === 'every')
    return { shortestMs: schedule.everySeconds * 1000, longestMs: schedule.everySeconds * 1000 };
  const key = `${schedule.timezone} ${schedule.cron}`;
  const day = Math.floor(around.getTime() / 86_400_000);
  const known = periods.get(key);
  if (known?.day === day) return known;
  const period = { ...calendarOf(schedule).gaps(around), day };
  if (periods.size >= 20_000) periods.clear();
  periods.set(key, period);
  return period;
}

/** By expression, with the day they were reckoned for: overviews ask for thousands of plans at once. */
const periods = new Map<string, DuePeriod & { readonly day: number }>();

/** One sentence on what is wrong with a schedule, or null. */
export function scheduleProblem(schedule: Schedule): string | null {
  if (schedule.kind === 'every') return null;
  try {
    new Intl.DateTimeFormat('en', { timeZone: schedule.timezone });
  } catch {
    return `The time zone "${schedule.timezone}" is not known. Use an IANA name such as Europe/Berlin.`;
  }
  const fields = schedule.cron.trim().split(/\s+/);
  if (fields.length !== 5)
    return `The cron expression "${schedule.cron}" has ${fields.length} fields; it needs five: minute hour day month weekday.`;
  if (/\bH\b/i.test(schedule.cron)) return 'The cron field "H" is not supported: name a minute or an hour.';
  try {
    calendarOf(schedule).next(new Date());
    return null;
  } catch (error) {
    return `The cron expression "${schedule.cron}" cannot be read: ${(error as Error).message}.`;
  }
}

/** One sentence on what a change of the clocks does to a due time, or null. */
export function clockChangeNote(schedule: Schedule, due: Date): string | null {
  if (schedule.kind === 'every') return null;
  const change = calendarOf(schedule).clockChange(due);
  switch (change?.kind) {
    case undefined:
      return null;
    case 'skipped':
      return `The clocks go forward: ${change.wanted} does not exist that day, so it is due at ${change.actual}.`;
    case 'repeated':
      return `The clocks go back: ${change.actual} comes twice that day, and it is due ${change.bothDue ? 'both times' : 'the first time only'}.`;
  }
}

/** True if the expression restricts both day of month and day of week: either of them makes it due. */
export function daysMeanEither(schedule: Schedule): boolean {
  return schedule.kind === 'cron' && calendarOf(schedule).daysMeanEither;
}

const calendars = new Map<string, CronCalendar>();

/** Reading an expression costs more than asking it; plans are few. */
function calendarOf({ cron, timezone }: Extract<Schedule, { kind: 'cron' }>): CronCalendar {
  const key = `${timezone} ${cron}`;
  let calendar = calendars.get(key);
  if (!calendar) {
    if (calendars.size >= 5000) calendars.clear();
    calendars.set(key, (calendar = new CronCalendar(cron, timezone)));
  }
  return calendar;
}
