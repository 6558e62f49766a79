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

const calendars = new Map<string, CronCalendar>();

/** Reading an expression costs more than asking it; plans are few. */
function calendarOf({ cron, timezone }: Extract<Schedule, { kind: 'cron' }>): CronCalendar {
  const key = `${timezone} ${cron}`;
  let calendar = calendars.get(key);
  if (!calendar) {
    if (calendars.size >= 1000) calendars.clear();
    calendars.set(key, (calendar = new CronCalendar(cron, timezone)));
  }
  return calendar;
}
