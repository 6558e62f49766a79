import { alreadyHas, byteRange, rangeStillHolds } from './byte-range.js';

const part = (offset: number, length: number) => ({ kind: 'part', offset, length });
const whole = { kind: 'whole' };
const beyond = { kind: 'beyond' };

test.each([
  [undefined, 10, whole],
  ['bytes=0-3', 10, part(0, 4)],
  ['bytes=4-', 10, part(4, 6)],
  ['bytes=4-99', 10, part(4, 6)],
  ['bytes=-3', 10, part(7, 3)],
  ['bytes=-99', 10, part(0, 10)],
  ['Bytes=9-9', 10, part(9, 1)],
  ['bytes=10-', 10, beyond],
  ['bytes=-0', 10, beyond],
  ['bytes=0-', 0, beyond],
  ['bytes=-5', 0, beyond],
  ['bytes=5-4', 10, whole],
  ['bytes=-', 10, whole],
  ['bytes=0-1,4-5', 10, whole],
  ['lines=0-1', 10, whole],
  ['bytes=a-b', 10, whole],
  ['bytes=99999999999999999999-', 10, beyond],
])('%s of %d bytes', (header, size, expected) => expect(byteRange(header, size)).toEqual(expected));

test('a range holds only for the state that If-Range names', () => {
  const date = 'Sun, 22 Nov 2026 11:05:00 GMT';
  expect(rangeStillHolds(undefined, '"a"', date)).toBe(true);
  expect(rangeStillHolds('"a"', '"a"', date)).toBe(true);
  expect(rangeStillHolds(date, '"a"', date)).toBe(true);
  expect(rangeStillHolds('"b"', '"a"', date)).toBe(false);
  expect(rangeStillHolds('W/"a"', '"a"', date)).toBe(false);
});

test('who has this state already is recognised by any of its tags', () => {
  expect(alreadyHas('"b", W/"a"', '"a"')).toBe(true);
  expect(alreadyHas('*', '"a"')).toBe(true);
  expect(alreadyHas('"b"', '"a"')).toBe(false);
  expect(alreadyHas(undefined, '"a"')).toBe(false);
});
