import { expect, it } from '@jest/globals';
import { base64Of, keyOf, keyOfText, nameOf, parentOf, stepsOf, textOf } from './snapshot-path.js';

const key = (bytes: number[]): string => keyOf(Buffer.from(bytes).toString('base64'));

it('takes a path apart into steps that can be gone to', () => {
  const steps = stepsOf(keyOfText('letters/2026/to Ada.txt'));
  expect(steps.map(({ name }) => name)).toEqual(['letters', '2026', 'to Ada.txt']);
  expect(steps.map((step) => textOf(step.key))).toEqual([
    'letters',
    'letters/2026',
    'letters/2026/to Ada.txt',
  ]);
  expect([stepsOf(''), nameOf(''), parentOf('')]).toEqual([[], '', '']);
  expect(textOf(parentOf(keyOfText('a/b/c')))).toBe('a/b');
});

it('keeps bytes that are no text', () => {
  const odd = key([0x61, 0x2f, 0xff, 0xfe]);
  expect(nameOf(odd)).toBe('\uFFFD\uFFFD');
  expect(stepsOf(odd).at(-1)?.key).toBe(odd);
  expect([...Buffer.from(base64Of(odd), 'base64')]).toEqual([0x61, 0x2f, 0xff, 0xfe]);
});

it('takes what is no key for the snapshot itself', () => {
  expect([textOf('%%%'), stepsOf('?')]).toEqual(['', []]);
});
