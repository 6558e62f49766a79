import { durationInWords } from './duration-words.js';

test.each([
  [0, 'less than a second'],
  [-5, 'less than a second'],
  [1000, '1 second'],
  [90_000, '1 minute 30 seconds'],
  [3_600_000, '1 hour'],
  [3_605_000, '1 hour'],
  [97_200_000, '1 day 3 hours'],
  [30 * 86_400_000, '30 days'],
])('%d ms are %s', (milliseconds, words) => {
  expect(durationInWords(milliseconds)).toBe(words);
});
