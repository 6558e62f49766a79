import type { Schedule } from '@periodic-backup/contracts/http';

export const UNITS = ['seconds', 'minutes', 'hours', 'days'] as const;
export type Unit = (typeof UNITS)[number];
export const SECONDS_OF: Readonly<Record<Unit, number>> = {
  ...{ seconds: 1, minutes: 60, hours: 3600, days: 86_400 },
};

/** A length of time as it is filled in: `15` `minutes`. NaN: the number is empty. */
export interface LengthDraft {
  readonly count: number;
  readonly unit: Unit;
}

/** When something is due, as a form holds it: what belongs to the ways not chosen stays for whoever comes back to them. */
export interface ScheduleDraft {
  readonly kind: 'every' | 'times' | 'cron';
  readonly every: LengthDraft;
  /** `02:30` */
  readonly time: string;
  /** Monday 1 to Sunday 7. */
  readonly days: readonly number[];
  readonly cron: string;
  readonly timezone: string;
}

export const EVERY_DAY: readonly number[] = [1, 2, 3, 4, 5, 6, 7];

export function newSchedule(timezone: string): ScheduleDraft {
  return {
    kind: 'every',
    every: { count: 1, unit: 'hours' },
    ...{ time: '02:00', days: EVERY_DAY, cron: '0 2 * * *', timezone },
  };
}

export function draftOfSchedule(schedule: Schedule, timezone: string): ScheduleDraft {
  const draft = newSchedule(timezone);
  if (schedule.kind === 'every') return { ...draft, every: lengthOf(schedule.everySeconds) };
  const { cron, timezone: zone } = schedule;
  const times = timesOfCron(cron);
  return times
    ? { ...draft, ...times, cron, timezone: zone, kind: 'times' }
    : { ...draft, cron, timezone: zone, kind: 'cron' };
}

/** As the API takes it. What is not filled in is left out: the API says what it misses. */
export function scheduleOf(draft: ScheduleDraft): Partial<Schedule> {
  switch (draft.kind) {
    case 'every': {
      const everySeconds = secondsOf(draft.every);
      return everySeconds === null ? { kind: 'every' } : { kind: 'every', everySeconds };
    }
    case 'times':
      return { kind: 'cron', cron: cronOf(draft), timezone: draft.timezone };
    case 'cron':
      return { kind: 'cron', cron: draft.cron, timezone: draft.timezone };
  }
}

export function secondsOf({ count, unit }: LengthDraft): number | null {
  return Number.isNaN(count) ? null : Math.round(count * SECONDS_OF[unit]);
}

/** In the largest unit that needs no fraction. */
export function lengthOf(seconds: number): LengthDraft {
  const unit = UNITS.findLast((one) => seconds % SECONDS_OF[one] === 0) ?? 'seconds';
  return { count: seconds / SECONDS_OF[unit], unit };
}

/** No day chosen is no day that cron could name: the API says that it cannot be read. */
function cronOf({ time, days }: ScheduleDraft): string {
  const [hours, minutes] = time.split(':').map(Number);
  const weekdays = days.length === 7 ? '*' : [...days].sort((a, b) => a - b).join(',');
  return time === '' ? '' : `${minutes} ${hours} * * ${weekdays}`.trim();
}

/** What `cronOf` wrote, read again; null: it is more than a time on some days. */
function timesOfCron(cron: string): Pick<ScheduleDraft, 'time' | 'days'> | null {
  const match = /^(\d{1,2}) (\d{1,2}) \* \* (\*|[0-7](?:,[0-7])*)$/.exec(cron.trim());
  if (!match) return null;
  const [, minutes = '', hours = '', weekdays = ''] = match;
  if (Number(minutes) > 59 || Number(hours) > 23) return null;
  const days = weekdays === '*' ? EVERY_DAY : weekdays.split(',').map((day) => Number(day) || 7);
  return { time: `${hours.padStart(2, '0')}:${minutes.padStart(2, '0')}`, days: [...new Set(days)] };
}
