import { TestAuthority, startPostgres, temporaryDirectory, type TestServer } from '@periodic-backup/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { databaseTls } from './database-tls.js';
import { LedgerUnreachableError } from './ledger-errors.js';
import { openLedger } from './open-ledger.js';

const authority = new TestAuthority();
let postgres: TestServer;
beforeAll(async () => {
  postgres = await startPostgres({ certificate: authority.serverCertificate('127.0.0.1') });
});
afterAll(() => postgres.stop());

async function isEncrypted(url: string, tlsCa?: string): Promise<boolean> {
  const connection = await openLedger(url, { tlsCa });
  try {
    const { rows } = await connection.ledger.execute<{ ssl: boolean }>(
      'select ssl from pg_stat_ssl where pid = pg_backend_pid()',
    );
    return rows[0]!.ssl;
  } finally {
    await connection.close();
  }
}

test.each(['', '?sslmode=require', '?sslmode=verify-full'])(
  'with its private CA given, a URL with "%s" is served encrypted',
  async (query) => {
    expect(await isEncrypted(`${postgres.url}${query}`, authority.pem)).toBe(true);
  },
);

test('a private CA may be named in the URL', async () => {
  const directory = await temporaryDirectory();
  try {
    const file = join(directory.path, 'ca.pem');
    await writeFile(file, authority.pem);
    expect(await isEncrypted(`${postgres.url}?sslmode=verify-full&sslrootcert=${file}`)).toBe(true);
  } finally {
    await directory.remove();
  }
});

test.each([
  ['another CA', '?sslmode=require', () => new TestAuthority().pem],
  ['no CA of its own', '?sslmode=require', () => undefined],
  ['checks that somebody switched off', '?sslmode=no-verify', () => undefined],
])('a server is refused at once by a client with %s', async (_who, query, ca) => {
  const began = performance.now();
  const failure = openLedger(`${postgres.url}${query}`, { tlsCa: ca() });
  await expect(failure).rejects.toThrow(LedgerUnreachableError);
  await expect(failure).rejects.toThrow(/certificate.*DATABASE_CA_FILE/);
  expect(performance.now() - began).toBeLessThan(5000);
});

test('a server whose certificate names another host is refused', async () => {
  const other = await startPostgres({ certificate: authority.serverCertificate('elsewhere.example') });
  try {
    await expect(openLedger(other.url, { tlsCa: authority.pem })).rejects.toThrow(
      /altnames.*as the certificate does/,
    );
  } finally {
    await other.stop();
  }
});

test('a server that wants TLS refuses a client without', async () => {
  await expect(openLedger(`${postgres.url}?sslmode=disable`)).rejects.toThrow(/no encryption/);
});

test('all that is not about TLS stays in the URL', () => {
  const url = 'postgres://ann:s%40cret@db.example/ledger?sslmode=verify-full&options=-c%20geqo%3Doff';
  expect(databaseTls(url)).toEqual({
    connectionString: 'postgres://ann:s%40cret@db.example/ledger?options=-c+geqo%3Doff',
    ssl: { rejectUnauthorized: true },
  });
});
