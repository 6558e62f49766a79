import { TestAuthority, temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, env, loadConfig } from './config.js';

const Stores = z.object({
  REDIS_URL: env.redisUrl(),
  REDIS_TLS_CA: env.redisTlsCa(),
  DATABASE_URL: env.databaseUrl(),
  DATABASE_CA: env.databaseCa(),
});
const DATABASE_URL = 'postgres://localhost/ledger';

let directory: TemporaryDirectory;
beforeAll(async () => {
  directory = await temporaryDirectory();
});
afterAll(() => directory.remove());

test('certificates are read from the files that are named', async () => {
  const { pem } = new TestAuthority();
  const file = join(directory.path, 'ca.pem');
  await writeFile(file, pem);
  const config = loadConfig(Stores, { DATABASE_URL, REDIS_TLS_CA_FILE: file, DATABASE_CA_FILE: file });
  expect(config).toMatchObject({ REDIS_TLS_CA: pem.trim(), DATABASE_CA: pem.trim() });
});

test('every problem of both stores is said at once', async () => {
  const file = join(directory.path, 'not-a-certificate.pem');
  await writeFile(file, 'hello');
  const load = () =>
    loadConfig(Stores, {
      ...{ REDIS_URL: 'redis-sentinel://a', REDIS_TLS_CA_FILE: file },
      ...{ DATABASE_URL: `${DATABASE_URL}?sslmode=no-verify`, DATABASE_CA: 'hello' },
    });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(
    /REDIS_URL must end with the name[^]*REDIS_TLS_CA must be one or more certificates[^]*DATABASE_URL must not have sslmode=no-verify[^]*DATABASE_CA must be/,
  );
});

test.each(['prefer', 'allow', 'no-verify', 'verify_full'])(
  'sslmode=%s is refused with the remedy',
  (mode) => {
    const load = () => loadConfig(Stores, { DATABASE_URL: `${DATABASE_URL}?sslmode=${mode}` });
    expect(load).toThrow(/use verify-full .*DATABASE_CA_FILE/);
  },
);

test.each(['ssl=no-verify', 'uselibpqcompat=true&sslmode=require'])('%s is refused', (query) => {
  const load = () => loadConfig(Stores, { DATABASE_URL: `${DATABASE_URL}?${query}` });
  expect(load).toThrow(/say sslmode=verify-full/);
});

test.each([
  '',
  '?sslmode=disable',
  '?sslmode=require',
  '?application_name=x&sslmode=verify-full&sslrootcert=/ca.pem',
])('a URL with "%s" is accepted as it is', (query) => {
  const url = `${DATABASE_URL}${query}`;
  expect(loadConfig(Stores, { DATABASE_URL: url }).DATABASE_URL).toBe(url);
});
