const exact = new Intl.DateTimeFormat('en-GB', {
  ...{ weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  ...{ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'short' },
});
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** To the second, in the viewer's zone, which it names: `Sat 28 Nov 2026, 14:03:22 CET`. */
export function formatExact(at: Date): string {
  return exact.format(at).replace(',', '');
}

/** `14:03` today, `27 Nov, 14:03` this year, else with the year. */
export function formatInstant(at: Date, now: Date): string {
  if (at.toDateString() === now.toDateString()) return clock.format(at);
  return at.getFullYear() === now.getFullYear()
    ? dayAndClock.format(at)
    : `${dayOfYear.format(at)}, ${clock.format(at)}`;
}

/** `27 Nov`, with the year if it is another. */
export function formatDay(at: Date, now: Date): string {
  return (at.getFullYear() === now.getFullYear() ? day : dayOfYear).format(at);
}

const STEPS: readonly (readonly [unit: string, seconds: number, upTo: number])[] = [
  ['s', 1, 60],
  ['min', 60, 3600],
  ['h', 3600, 36 * 3600],
  ['d', 86_400, 30 * 86_400],
];

/** How long ago, or until when: `3 min ago`, `in 2 h`; a date once it is more than a month. */
export function formatRelative(at: Date, now: Date): string {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return 'now';
  const step = STEPS.find(([, , upTo]) => distance < upTo);
  if (!step) return formatDay(at, now);
  const [unit, size] = step;
  const amount = `${Math.floor(distance / size)} ${unit}`;
  return seconds < 0 ? `${amount} ago` : `in ${amount}`;
}
