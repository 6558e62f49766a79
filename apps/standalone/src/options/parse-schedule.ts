import { scheduleProblem, type Schedule } from '@periodic-backup/contracts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const SHORTEST_SECONDS = 10;
const LONGEST_SECONDS = 366 * 86_400;

/** Reads a period such as `90s`, `15m`, `1h` or `1d`; a sentence when it is none. */
export function parsePeriod(text: string): { everySeconds: number } | { problem: string } {
  const [, count, unit] = /^([1-9]\d{0,8})(s|m|h|d)$/.exec(text) ?? [];
  if (!count || !unit)
    return {
      problem: `--every "${text}" is not a period: write a whole number and s, m, h or d, such as 90s or 15m.`,
    };
  const everySeconds = Number(count) * (SECONDS[unit] ?? NaN);
  if (everySeconds < SHORTEST_SECONDS)
    return { problem: `--every ${text} is too short: use at least ${SHORTEST_SECONDS}s.` };
  if (everySeconds > LONGEST_SECONDS) return { problem: `--every ${text} is too long: use at most 366d.` };
  return { everySeconds };
}

export interface ScheduleWords {
  readonly every?: string | undefined;
  readonly cron?: string | undefined;
  readonly timezone?: string | undefined;
}

/** The schedule that the options name, undefined if none does; every problem goes to `problems`. */
export function parseSchedule(words: ScheduleWords, problems: string[]): Schedule | undefined {
  const { every, cron, timezone } = words;
  if (every !== undefined && cron !== undefined)
    problems.push('--every and --cron exclude each other: keep one of them.');
  if (timezone !== undefined && cron === undefined)
    problems.push('--timezone only has a meaning with --cron: add --cron or leave it out.');
  if (cron !== undefined) {
    const schedule: Schedule = { kind: 'cron', cron, timezone: timezone ?? localTimezone() };
    const problem = scheduleProblem(schedule);
    if (problem) problems.push(`--cron: ${problem}`);
    return schedule;
  }
  if (every === undefined) return undefined;
  const period = parsePeriod(every);
  if ('problem' in period) {
    problems.push(period.problem);
    return undefined;
  }
  return { kind: 'every', everySeconds: period.everySeconds };
}

export function localTimezone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}
