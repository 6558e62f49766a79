import { ByteBucket } from './byte-bucket.js';

const MIB = 1024 * 1024;
let nowMs = 0;
const bucket = (rate: number | null): ByteBucket => new ByteBucket(rate, () => nowMs);
beforeEach(() => {
  nowMs = 5_000;
});

/** Sends frames as fast as the bucket lets it; resolves with the milliseconds it took. */
function send(paced: ByteBucket, frameBytes: number, frames: number): number {
  const startedMs = nowMs;
  for (let n = 0; n < frames; n++) {
    nowMs += paced.delayMs;
    expect(paced.delayMs).toBe(0);
    paced.spend(frameBytes);
  }
  return nowMs - startedMs;
}

test('without a rate nothing waits', () => {
  expect(send(bucket(null), MIB, 1000)).toBe(0);
});

test('frames keep to the rate, whatever their size', () => {
  expect(send(bucket(MIB), 64 * 1024, 160)).toBeGreaterThan(9_800);
  expect(send(bucket(MIB), 64 * 1024, 160)).toBeLessThan(10_100);
  expect(send(bucket(1024), MIB, 3)).toBe(2 * 1024 * 1000);
});

test('a pause saves up no more than a tenth of a second', () => {
  const paced = bucket(MIB);
  nowMs += 3_600_000;
  expect(send(paced, MIB / 10, 11)).toBeGreaterThan(850);
});

test('a new rate pays what is owed at its own speed, and full speed forgives it', () => {
  const paced = bucket(1024);
  paced.spend(MIB);
  paced.rate = MIB;
  expect(paced.delayMs).toBe(1000);
  paced.rate = null;
  expect(paced.delayMs).toBe(0);
  paced.rate = MIB;
  expect(paced.delayMs).toBe(0);
});
