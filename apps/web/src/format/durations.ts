const UNITS: readonly (readonly [short: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
];

/** A length of time by its two leading units: `3 min 20 s`, `850 ms`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 9950) return `${(milliseconds / 1000).toFixed(1)} s`;
  return twoUnits(Math.round(milliseconds / 1000));
}

/** The same for what is known by the second or worse: an age, what is left. */
export function formatAge(seconds: number): string {
  return seconds < 1 ? '0 s' : twoUnits(Math.round(seconds));
}

function twoUnits(seconds: number): string {
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  const parts: string[] = [];
  let rest = seconds;
  for (const [unit, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}
