import { describe, expect, it } from '@jest/globals';
import { scheduleInWords } from '@periodic-backup/terminal';
import { parsePeriod } from './parse-schedule.js';

describe('parsePeriod', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['1h', 3600],
    ['1d', 86_400],
    ['10s', 10],
    ['366d', 31_622_400],
  ])('reads %s', (text, everySeconds) => {
    expect(parsePeriod(text)).toEqual({ everySeconds });
  });

  it.each(['', '0m', '1', 'm', '1.5h', '-1h', '1w', '1 h', '1h30m', '9s', '367d', '99999999999s'])(
    'refuses "%s"',
    (text) => {
      expect(parsePeriod(text)).toEqual({ problem: expect.any(String) });
    },
  );

  it('is the reverse of scheduleInWords', () => {
    for (const text of ['90s', '15m', '1h', '1d'])
      expect(scheduleInWords({ kind: 'every', everySeconds: 0, ...parsePeriod(text) })).toBe(`every ${text}`);
  });
});
