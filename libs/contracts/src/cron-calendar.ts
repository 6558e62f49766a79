import { CronDate, CronExpressionParser } from 'cron-parser';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** The rarest day there is, 29 February over a century without a leap year, comes within this many days. */
const HORIZON_DAYS = 366 * 8 + 2;

/**
 * The due times of a cron expression as a fixed set of instants, the same from whichever instant one asks. The parser
 * reads the fields and decides which days count; the clock is ours, because the parser's answer near a DST change
 * depends on where the search began, backwards it skips due times, and it gives up on changes of half an hour.
 *
 * A local time that a DST change skips is due that much later (02:30 at 03:30). One that comes twice is due the
 * first time only, unless every hour is due.
 */
export class CronCalendar {
  readonly #expression;
  readonly #hours: readonly number[];
  readonly #minutes: readonly number[];
  readonly #months: ReadonlySet<number>;
  /** Of the days asked last: one asks for neighbours. */
  readonly #days = new Map<number, readonly number[]>();
  /** From a due time to the next: thousands of plans of one expression are asked for at one moment. */
  #stretch = { fromMs: 0, toMs: 0 };

  /** @throws Error with the parser's words if the expression cannot be read */
  constructor(
    cron: string,
    readonly timezone: string,
  ) {
    this.#expression = CronExpressionParser.parse(cron, { tz: 'UTC' });
    const { hour, minute, month } = this.#expression.fields;
    this.#hours = ascending(hour.values);
    this.#minutes = ascending(minute.values);
    this.#months = new Set(month.values);
  }

  /** The first due time after `after`. @throws Error if none comes in eight years */
  next(after: Date): Date {
    return new Date(this.#stretchAround(after).toMs);
  }

  /** The last due time at or before `at`. @throws Error if none came in eight years */
  latest(at: Date): Date {
    return new Date(this.#stretchAround(at).fromMs);
  }

  #stretchAround(at: Date): { readonly fromMs: number; readonly toMs: number } {
    const { fromMs, toMs } = this.#stretch;
    if (at.getTime() < fromMs || at.getTime() >= toMs)
      this.#stretch = { fromMs: this.#findLatest(at), toMs: this.#findNext(at) };
    return this.#stretch;
  }

  #findNext(after: Date): number {
    const from = this.#localDay(after) - DAY_MS;
    for (let i = 0; i < HORIZON_DAYS; i++) {
      const due = this.#dueTimes(from + i * DAY_MS).find((time) => time > after.getTime());
      if (due !== undefined) return due;
    }
    throw new Error('it is never due');
  }

  #findLatest(at: Date): number {
    const from = this.#localDay(at) + DAY_MS;
    for (let i = 0; i < HORIZON_DAYS; i++) {
      const due = this.#dueTimes(from - i * DAY_MS).findLast((time) => time <= at.getTime());
      if (due !== undefined) return due;
    }
    throw new Error('it is never due');
  }

  /** How many due times lie in (after, until]. */
  count(after: Date, until: Date): number {
    const { fromMs, toMs } = this.#stretch;
    if (after.getTime() >= fromMs && until.getTime() < toMs) return 0;
    const last = this.#localDay(until) + DAY_MS;
    let count = 0;
    for (let day = this.#localDay(after) - DAY_MS; day <= last; day += DAY_MS)
      for (const time of this.#dueTimes(day)) if (time > after.getTime() && time <= until.getTime()) count++;
    return count;
  }

  /** The shortest and the longest time between two due times in a row, over the week to come and two to either side. */
  gaps(around: Date): { shortestMs: number; longestMs: number } {
    const latest = this.latest(around);
    const next = this.next(around);
    const near = [this.latest(new Date(latest.getTime() - 1)), latest, next, this.next(next)];
    const times = new Set(near.map((due) => due.getTime()));
    const today = this.#localDay(around);
    for (let n = 0; n <= 8; n++) for (const time of this.#dueTimes(today + n * DAY_MS)) times.add(time);
    const ordered = ascending([...times]);
    let [shortestMs, longestMs] = [Infinity, 0];
    for (let n = 1; n < ordered.length; n++) {
      const gap = ordered[n]! - ordered[n - 1]!;
      shortestMs = Math.min(shortestMs, gap);
      longestMs = Math.max(longestMs, gap);
    }
    return { shortestMs, longestMs };
  }

  /** Day of month and day of week are both restricted: a day that fits either of them counts. */
  get daysMeanEither(): boolean {
    const { dayOfMonth, dayOfWeek } = this.#expression.fields;
    return !dayOfMonth.isWildcard && !dayOfWeek.isWildcard;
  }

  /** What a change of the clocks does to an instant that is due; null: nothing. */
  clockChange(due: Date): ClockChange | null {
    const instant = due.getTime();
    const local = instant + offsetMs(instant, this.timezone);
    const day = Math.floor(local / DAY_MS) * DAY_MS;
    const before = offsetMs(day - DAY_MS, this.timezone);
    const after = offsetMs(day + 2 * DAY_MS, this.timezone);
    if (before === after) return null;
    const minuteOfDay = (local - day) / MINUTE_MS;
    const isNamed = this.#hours.some((hour) =>
      this.#minutes.some((minute) => hour * 60 + minute === minuteOfDay),
    );
    if (!isNamed) return { kind: 'skipped', wanted: timeOfDay(instant + before), actual: timeOfDay(local) };
    const twice = [local - before, local - after].every(
      (shown) => shown + offsetMs(shown, this.timezone) === local,
    );
    return twice ? { kind: 'repeated', actual: timeOfDay(local), bothDue: this.#hours.length === 24 } : null;
  }

  /** Instants due on one local day, given as its midnight read as UTC; ascending. */
  #dueTimes(day: number): readonly number[] {
    if (!this.#months.has(new Date(day).getUTCMonth() + 1)) return [];
    let times = this.#days.get(day);
    if (times) return times;
    if (this.#days.size >= 8) this.#days.clear();
    this.#days.set(day, (times = this.#reckon(day)));
    return times;
  }

  #reckon(day: number): number[] {
    const first = day + (this.#hours[0]! * 60 + this.#minutes[0]!) * MINUTE_MS;
    if (!this.#expression.includesDate(new Date(first))) return [];
    const before = offsetMs(day - DAY_MS, this.timezone);
    const after = offsetMs(day + 2 * DAY_MS, this.timezone);
    const times: number[] = [];
    for (const hour of this.#hours)
      for (const minute of this.#minutes) {
        const local = day + (hour * 60 + minute) * MINUTE_MS;
        if (before === after) times.push(local - before);
        else times.push(...this.#instantsOf(local, before, after));
      }
    return before === after ? times : ascending([...new Set(times)]);
  }

  /** When the clocks on the wall show `local`, on a day near which they are changed. */
  #instantsOf(local: number, before: number, after: number): number[] {
    const shown = [...new Set([local - before, local - after])].filter(
      (instant) => instant + offsetMs(instant, this.timezone) === local,
    );
    if (shown.length === 0) return [local - before];
    return this.#hours.length === 24 ? shown : [Math.min(...shown)];
  }

  #localDay(instant: Date): number {
    const local = instant.getTime() + offsetMs(instant.getTime(), this.timezone);
    return Math.floor(local / DAY_MS) * DAY_MS;
  }
}

/** A local time that does not exist that day, or that comes twice. */
export type ClockChange =
  | { readonly kind: 'skipped'; readonly wanted: string; readonly actual: string }
  | { readonly kind: 'repeated'; readonly actual: string; readonly bothDue: boolean };

function timeOfDay(local: number): string {
  return new Date(local).toISOString().slice(11, 16);
}

function ascending(values: readonly (number | string)[]): number[] {
  return values.map(Number).sort((a, b) => a - b);
}

/** How far the local clock is ahead of UTC at an instant. */
function offsetMs(instant: number, timezone: string): number {
  if (timezone === 'UTC') return 0;
  return new CronDate(new Date(instant), timezone).getUTCOffset() * MINUTE_MS;
}
