import { describe, expect, it } from '@jest/globals';
import { axisTimes } from './axis-times.js';

const seconds = (local: string): number => new Date(local).getTime() / 1000;
const now = new Date('2026-11-28T12:00:00');

describe('the times below a chart', () => {
  it('name the day where one begins, and the clock on 24 hours', () => {
    const instants = ['2026-11-27T12:00', '2026-11-28T00:00', '2026-11-28T12:00'].map(seconds);
    expect(axisTimes(instants, now)).toEqual(['12:00\n27 Nov', '00:00\n28 Nov', '12:00']);
  });

  it('are days alone where all are whole days', () => {
    expect(axisTimes(['2026-11-27T00:00', '2026-11-28T00:00'].map(seconds), now)).toEqual([
      '27 Nov',
      '28 Nov',
    ]);
  });
});
