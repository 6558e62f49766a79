import { DIGEST_BYTES, createDigest, digestOf } from './digest.js';

/** From the test vectors of the BLAKE3 team: input bytes count 0, 1, … 250 over and over. */
const VECTORS: readonly [number, string][] = [
  [0, 'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262'],
  [1, '2d3adedff11b61f14c886e35afa036736dcd87a74d27b5c1510225d0f592e213'],
  [1024, '42214739f095a406f3fc83deb889744ac00df831c10daa55189b5d121c855af7'],
];

test.each(VECTORS)('%p bytes have the digest that the BLAKE3 team says', (length, hex) => {
  const input = Buffer.from(Array.from({ length }, (_, i) => i % 251));
  expect(digestOf(input).toString('hex')).toBe(hex);
});

test('parts have the digest of the whole', () => {
  const input = Buffer.from(Array.from({ length: 1024 }, (_, i) => i % 251));
  const digest = createDigest();
  for (let at = 0; at < input.length; at += 100) digest.update(input.subarray(at, at + 100));
  const finished = digest.finish();
  expect(finished).toEqual(digestOf(input));
  expect(finished).toHaveLength(DIGEST_BYTES);
});
