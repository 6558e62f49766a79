import type { Option } from '../../design/field/option-item.js';

/** How often an open alert is told again: what people choose. The API takes any number of seconds. */
export const REPEATS: readonly Option[] = [
  { id: 'never', label: 'Never' },
  { id: '3600', label: 'Every hour' },
  { id: '14400', label: 'Every four hours' },
  { id: '86400', label: 'Every day' },
  { id: '604800', label: 'Every week' },
];

/** The choice nearest to so many seconds. */
export function repeatOf(seconds: number | null): string {
  if (seconds === null) return 'never';
  const known = REPEATS.map(({ id }) => Number(id)).filter((one) => !Number.isNaN(one));
  return String(
    known.reduce((best, one) => (Math.abs(one - seconds) < Math.abs(best - seconds) ? one : best)),
  );
}
