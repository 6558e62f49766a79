import { z } from 'zod';

/** Bytes per second; below 1 KiB a transfer would never end. */
export const ByteRate = z
  .int('must be a whole number of bytes per second')
  .min(1024, 'must be at least 1024 bytes per second, or null for full speed')
  .max(1_000_000_000_000, 'must be at most 1,000,000,000,000 bytes per second, or null for full speed');

const TimeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day from 00:00 to 23:59, such as 08:30');

/** A part of the day with a rate of its own. One that ends before it begins crosses midnight; equal ends: 24 hours. */
export const BandwidthWindow = z
  .object({
    /** Days on which it begins, Monday 1 to Sunday 7; left out: every day. */
    days: z
      .array(z.int('must be a day: Monday 1 to Sunday 7').min(1, 'Monday is 1').max(7, 'Sunday is 7'))
      .min(1, 'must name a day, or be left out for every day')
      .max(7)
      .optional(),
    from: TimeOfDay,
    /** Not included. */
    to: TimeOfDay,
    /** Null: full speed. */
    bytesPerSecond: ByteRate.nullable(),
  })
  .strict();
export type BandwidthWindow = z.infer<typeof BandwidthWindow>;

/** A limit of the bytes on the wire, with a timetable: the first window that holds an instant says its rate. */
export const Bandwidth = z
  .object({
    /** Outside all windows. Null: full speed. */
    bytesPerSecond: ByteRate.nullable(),
    /** IANA name; the windows are told by its clocks. */
    timezone: z
      .string()
      .min(1)
      .max(64)
      .refine(isTimezone, 'is not a known time zone: use an IANA name such as Europe/Berlin')
      .default('UTC'),
    windows: z.array(BandwidthWindow).max(100, 'must have at most 100 windows').default([]),
  })
  .strict()
  .meta({ id: 'Bandwidth' });
export type Bandwidth = z.infer<typeof Bandwidth>;

/**
 * Bytes per second that `bandwidth` allows at an instant, null for full speed. Told by the clocks on the wall: a
 * window in an hour that is skipped in spring does not happen, one in the hour repeated in autumn happens twice.
 */
export function rateAt(bandwidth: Bandwidth | null, at: Date): number | null {
  if (bandwidth === null) return null;
  if (bandwidth.windows.length === 0) return bandwidth.bytesPerSecond;
  const wall = wallClock(bandwidth.timezone, at);
  const window = bandwidth.windows.find((one) => holds(one, wall));
  return window ? window.bytesPerSecond : bandwidth.bytesPerSecond;
}

/** The stricter of two rates, null being none. */
export function stricterRate(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

interface WallClock {
  /** Monday 1 to Sunday 7. */
  readonly day: number;
  readonly minutes: number;
}

function holds({ days, from, to }: BandwidthWindow, { day, minutes }: WallClock): boolean {
  const [begin, end] = [minutesOf(from), minutesOf(to)];
  const beginsOn = (dayOfBegin: number): boolean => days === undefined || days.includes(dayOfBegin);
  if (begin < end) return beginsOn(day) && minutes >= begin && minutes < end;
  const dayBefore = day === 1 ? 7 : day - 1;
  return (beginsOn(day) && minutes >= begin) || (beginsOn(dayBefore) && minutes < end);
}

function minutesOf(timeOfDay: string): number {
  return Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3));
}

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const clocks = new Map<string, Intl.DateTimeFormat>();

function wallClock(timeZone: string, at: Date): WallClock {
  const parts = new Map(
    clockOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  return {
    day: DAYS.indexOf(parts.get('weekday') ?? '') + 1,
    minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}

/** Making one costs far more than asking it; zones are few. */
function clockOf(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone);
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
    });
    if (clocks.size >= 1000) clocks.clear();
    clocks.set(timeZone, clock);
  }
  return clock;
}

function isTimezone(timeZone: string): boolean {
  try {
    clockOf(timeZone);
    return true;
  } catch {
    return false;
  }
}
