import { formatDuration } from '@periodic-backup/terminal';

/** `3 min 5 s ago`, `in 2 h 10 min`, `never`. */
export function ageOf(instant: string | null | undefined, nowMs = Date.now()): string {
  if (!instant) return 'never';
  const ms = nowMs - Date.parse(instant);
  return ms >= 0 ? `${daysOr(ms)} ago` : `in ${daysOr(-ms)}`;
}

/** As `formatDuration`, but days from the second on. */
export function daysOr(ms: number): string {
  const days = ms / 86_400_000;
  return days < 2 ? formatDuration(ms) : `${Math.floor(days)} days`;
}

/** `2026-11-23 02:10:05` in this machine's time zone. */
export function localTime(instant: string | null): string {
  if (instant === null) return '–';
  const at = new Date(instant);
  const two = (part: number): string => String(part).padStart(2, '0');
  return (
    `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ` +
    `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
  );
}
