import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { ConfigError } from './config.js';
import { SealBrokenError, SecretBox } from './secret-box.js';

let folder: TemporaryDirectory;
let file: string;
beforeEach(async () => {
  folder = await temporaryDirectory();
  file = join(folder.path, 'private', 'secrets.key');
});
afterEach(() => folder.remove());

const PLACE = 'alert-channel/1';
const keyOf = (digit: string): string => digit.repeat(64);

test('the key is made at the first start, for its owner alone, and stays', () => {
  const sealed = SecretBox.load(file).seal('geheim ü', PLACE);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(sealed).toMatch(/^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]+$/);
  expect(sealed).not.toContain('geheim');
  expect(SecretBox.load(file).open(sealed, PLACE)).toBe('geheim ü');
});

test('the same secret is sealed differently each time', () => {
  const box = SecretBox.load(file);
  expect(box.seal('a', PLACE)).not.toBe(box.seal('a', PLACE));
});

test.each([
  ['at another place', (sealed: string): [string, string] => [sealed, 'alert-channel/2']],
  ['with a bit changed', (sealed: string): [string, string] => [flipped(sealed, -5), PLACE]],
  ['with another nonce', (sealed: string): [string, string] => [flipped(sealed, 14), PLACE]],
  ['cut off', (sealed: string): [string, string] => [sealed.slice(0, -10), PLACE]],
  ['with next to nothing', (sealed: string): [string, string] => [`${sealed.slice(0, 12)}AA`, PLACE]],
  ['by nobody', (): [string, string] => ['hello', PLACE]],
])('what is sealed does not open %s', (_how, change) => {
  const box = SecretBox.load(file);
  expect(() => box.open(...change(box.seal('a secret', PLACE)))).toThrow(SealBrokenError);
});

function flipped(sealed: string, at: number): string {
  const index = at < 0 ? sealed.length + at : at;
  return `${sealed.slice(0, index)}${sealed[index] === 'A' ? 'B' : 'A'}${sealed.slice(index + 1)}`;
}

test('a new key before the old one seals from now on, and both open; without the old one its secrets are lost', () => {
  writeFileSync((file = join(folder.path, 'key')), `${keyOf('a')}\n`);
  const old = SecretBox.load(file).seal('old', PLACE);
  writeFileSync(file, `${keyOf('b')}\n${keyOf('a')}\n`);
  const both = SecretBox.load(file);
  expect([both.open(old, PLACE), both.isCurrent(old), both.isCurrent(both.seal('new', PLACE))]).toEqual([
    'old',
    false,
    true,
  ]);
  writeFileSync(file, keyOf('b'));
  expect(() => SecretBox.load(file).open(old, PLACE)).toThrow(/SECRETS_KEY_FILE does not hold/);
});

test.each(['', 'too short', `${keyOf('a')}\nxyz`])(
  'a file that holds %j is refused, without showing it',
  (content) => {
    writeFileSync((file = join(folder.path, 'key')), content);
    expect(() => SecretBox.load(file)).toThrow(ConfigError);
    expect(() => SecretBox.load(file)).not.toThrow(/xyz|too short/);
    chmodSync(file, 0o600);
    expect(readFileSync(file, 'utf8')).toBe(content);
  },
);
