import type { Schedule } from '@periodic-backup/contracts';

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A schedule in words: `every 15m`, `at 0 2 * * * (Europe/Berlin)`. */
export function scheduleInWords(schedule: Schedule): string {
  if (schedule.kind === 'cron') return `at ${schedule.cron} (${schedule.timezone})`;
  const unit =
    ['d', 'h', 'm', 's'].find((name) => schedule.everySeconds % (SECONDS[name] ?? NaN) === 0) ?? 's';
  return `every ${schedule.everySeconds / (SECONDS[unit] ?? 1)}${unit}`;
}
