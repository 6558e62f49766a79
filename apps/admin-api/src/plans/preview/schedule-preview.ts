import {
  LocalClock,
  clockChangeNote,
  daysMeanEither,
  durationInWords,
  nextDueTime,
  scheduleProblem,
  type Schedule,
  type SchedulePreview,
  type UpcomingTime,
} from '@periodic-backup/contracts';
import cronstrue from 'cronstrue';

const SHOWN = 5;

/** What a schedule means, in words and instants from `from` on; null if it cannot be read. */
export function schedulePreview(schedule: Schedule, from: Date): SchedulePreview | null {
  if (scheduleProblem(schedule) !== null) return null;
  const timezone = schedule.kind === 'cron' ? schedule.timezone : 'UTC';
  const clock = new LocalClock(timezone);
  const next: UpcomingTime[] = [];
  for (let due = nextDueTime(schedule, from); next.length < SHOWN; due = nextDueTime(schedule, due))
    next.push({
      at: due.toISOString(),
      local: localTime(due, clock),
      note: clockChangeNote(schedule, due),
    });
  return { sentence: scheduleSentence(schedule), timezone, next, warnings: warningsOf(schedule) };
}

/** For people: `every 15 minutes`, `at 02:00, only on Monday (Europe/Berlin)`. */
export function scheduleSentence(schedule: Schedule): string {
  if (schedule.kind === 'every') return `every ${inWords(schedule.everySeconds)}`;
  const words = cronstrue.toString(schedule.cron, {
    use24HourTimeFormat: true,
    throwExceptionOnParseError: false,
  });
  const either = daysMeanEither(schedule) ? words.replace(', and ', ', or ') : words;
  return `${either.charAt(0).toLowerCase()}${either.slice(1)} (${schedule.timezone})`;
}

function inWords(seconds: number): string {
  return durationInWords(seconds * 1000).replace(/^1 ([a-z]+)$/, '$1');
}

function warningsOf(schedule: Schedule): string[] {
  return daysMeanEither(schedule)
    ? [
        'Day of month and day of week together mean either: it is due on every day that fits one of them, not only where both meet.',
      ]
    : [];
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function localTime(instant: Date, clock: LocalClock): string {
  const offsetMs = clock.offsetMs(instant.getTime());
  const local = new Date(instant.getTime() + offsetMs);
  const seconds = local.getUTCSeconds() === 0 ? '' : local.toISOString().slice(16, 19);
  return `${DAYS[local.getUTCDay()]} ${local.toISOString().slice(0, 10)} ${local.toISOString().slice(11, 16)}${seconds} ${offsetText(offsetMs)}`;
}

function offsetText(offsetMs: number): string {
  const minutes = Math.abs(Math.trunc(offsetMs / 60_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
