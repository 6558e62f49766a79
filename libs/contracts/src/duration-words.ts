const UNITS: readonly (readonly [name: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
];

/** A length of time for people, by its two leading units: `1 day 3 hours`, `90 seconds` as `1 minute 30 seconds`. */
export function durationInWords(milliseconds: number): string {
  let seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const words: string[] = [];
  const first = UNITS.findIndex(([, size]) => seconds >= size);
  if (first < 0) return 'less than a second';
  for (const [name, size] of UNITS.slice(first, first + 2)) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) words.push(`${count} ${name}${count === 1 ? '' : 's'}`);
  }
  return words.join(' ');
}
