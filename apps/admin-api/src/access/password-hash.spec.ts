import { monitorEventLoopDelay } from 'node:perf_hooks';
import { ProblemError } from '../http/problem.js';
import { PasswordHasher } from './password-hash.js';

test('a password fits its own hash, no other password does, and nobody has none', async () => {
  const hasher = new PasswordHasher();
  const hash = await hasher.hash('correct horse battery staple');
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(await hasher.hash('correct horse battery staple')).not.toBe(hash);
  expect(await hasher.matches('correct horse battery staple', hash)).toBe(true);
  expect(await hasher.matches('correct horse battery stapl', hash)).toBe(false);
  expect(await hasher.matches('', null)).toBe(false);
});

test('a hash made by the reference program at another cost is understood, and outdated', async () => {
  const hasher = new PasswordHasher();
  // echo -n password | argon2 somesalt -id -t 2 -m 8 -p 1 -l 24 -e
  const hash = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4';
  expect(await hasher.matches('password', hash)).toBe(true);
  expect([hasher.isOutdated(hash), hasher.isOutdated(await hasher.hash('x'))]).toEqual([true, false]);
});

test('hashing keeps no other request waiting', async () => {
  const hasher = new PasswordHasher();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: 6 }, () => hasher.hash('correct horse battery staple')));
  const tookMs = performance.now() - startedAt;
  delay.disable();
  // One hash on the main thread would block it for a sixth of the time, and the loop could not turn between them.
  expect(delay.percentile(50) / 1e6).toBeLessThan(tookMs / 12);
});

test('what comes while too many wait is turned away; those who wait are served', async () => {
  const hasher = new PasswordHasher();
  const all = await Promise.allSettled(Array.from({ length: 40 }, () => hasher.hash('correct horse')));
  const turnedAway = all.filter((one) => one.status === 'rejected');
  expect(turnedAway).toHaveLength(6);
  expect(turnedAway.every(({ reason }) => reason instanceof ProblemError && reason.status === 503)).toBe(
    true,
  );
  expect(await hasher.matches('x', null)).toBe(false);
});
