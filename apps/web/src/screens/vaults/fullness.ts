import type { Tone } from '../../design/state/states.js';

const SOON_DAYS = 30;
const VERY_SOON_DAYS = 7;

/** How urgent the space of a vault is. */
export function fullnessTone({
  used,
  daysToFull,
}: {
  /** 0 to 1. */
  readonly used: number;
  readonly daysToFull: number | null;
}): Exclude<Tone, 'run'> {
  const days = daysToFull ?? Infinity;
  if (used > 0.95 || days < VERY_SOON_DAYS) return 'bad';
  if (used > 0.85 || days < SOON_DAYS) return 'warn';
  return 'ok';
}

const YEAR_DAYS = 365;

/** `Full in 4 months`. */
export function wordsUntilFull(days: number | null): string {
  if (days === null) return 'Not filling up';
  if (days < 1) return 'Full today';
  if (days < 60) return `Full in ${Math.floor(days)} ${Math.floor(days) === 1 ? 'day' : 'days'}`;
  if (days < 2 * YEAR_DAYS) return `Full in ${Math.floor(days / 30)} months`;
  return days < 20 * YEAR_DAYS ? `Full in ${Math.floor(days / YEAR_DAYS)} years` : 'Space for decades';
}
