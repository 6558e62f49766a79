import { describe, expect, it } from '@jest/globals';
import { formatAge, formatDuration } from './durations.js';
import { formatRelative } from './instants.js';
import { countOf, formatBytes, formatPercent } from './sizes.js';

describe('sizes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.00 KiB'],
    [1_533_000, '1.46 MiB'],
    [104_857_600, '100 MiB'],
    [1_048_575, '1.00 MiB'],
    [3 * 1024 ** 4, '3.00 TiB'],
  ])('%i bytes are %s', (bytes, words) => {
    expect(formatBytes(bytes)).toBe(words);
  });

  it('never shows 100 % before all is done', () => {
    expect([0, 0.001, 0.5, 0.999, 1].map(formatPercent)).toEqual(['0 %', '< 1 %', '50 %', '99 %', '100 %']);
  });

  it('counts one and many', () => {
    expect([countOf(1, 'file'), countOf(12_000, 'entry', 'entries')]).toEqual(['1 file', '12,000 entries']);
  });
});

describe('times', () => {
  it.each([
    [0, '0 ms'],
    [850, '850 ms'],
    [2340, '2.3 s'],
    [9999, '10 s'],
    [200_000, '3 min 20 s'],
    [3_600_000, '1 h'],
    [100_000_000, '1 d 3 h'],
  ])('%i ms are %s', (milliseconds, words) => {
    expect(formatDuration(milliseconds)).toBe(words);
  });

  it('tells ages by the second', () => {
    expect([0, 59, 61, 90_000].map(formatAge)).toEqual(['0 s', '59 s', '1 min 1 s', '1 d 1 h']);
  });

  it.each([
    [-2, 'now'],
    [-40, '40 s ago'],
    [-200, '3 min ago'],
    [7300, 'in 2 h'],
    [-30 * 3600, '30 h ago'],
    [-3 * 86_400, '3 d ago'],
    [-40 * 86_400, '19 Oct'],
  ])('%i s from now is %s', (seconds, words) => {
    const now = new Date('2026-11-28T12:00:00Z');
    expect(formatRelative(new Date(now.getTime() + seconds * 1000), now)).toBe(words);
  });
});
