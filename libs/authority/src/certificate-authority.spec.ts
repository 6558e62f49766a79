import { createPublicKey, X509Certificate } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { nameIn, newPrivateKey } from '@periodic-backup/trust';
import { temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { CertificateAuthority } from './certificate-authority.js';

const DAY_MS = 86_400_000;
let directory: TemporaryDirectory;
const files = (): [string, string] => [
  join(directory.path, 'private/authority-key.pem'),
  join(directory.path, 'authority.pem'),
];

beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => directory.remove());

test('an authority is made once, its key for its owner alone', async () => {
  const [first, second] = await Promise.all([
    CertificateAuthority.open(...files()),
    CertificateAuthority.open(...files()),
  ]);
  expect(second.fingerprint).toBe(first.fingerprint);
  expect((await CertificateAuthority.open(...files())).fingerprint).toBe(first.fingerprint);
  expect((await stat(files()[0])).mode & 0o777).toBe(0o600);
  const own = new X509Certificate(first.pem);
  expect(own.ca).toBe(true);
  expect(own.validToDate.getTime() - Date.now()).toBeGreaterThan(19 * 365 * DAY_MS);
});

test('a certificate says who its holder is, for 30 days', async () => {
  const authority = await CertificateAuthority.open(...files());
  const key = newPrivateKey();
  const name = { role: 'agent', id: 'laptop' } as const;
  const issued = await authority.issue({ name, publicKey: createPublicKey(key) });
  const certificate = new X509Certificate(issued.pem);
  expect(nameIn(certificate)).toEqual(name);
  expect(certificate.checkPrivateKey(key)).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(new X509Certificate(authority.pem).publicKey)).toBe(true);
  expect(Math.round((issued.notAfter.getTime() - Date.now()) / DAY_MS)).toBe(30);
  expect(issued.serial).toBe(certificate.serialNumber);
});

test('no certificate of a member can make another one', async () => {
  const authority = await CertificateAuthority.open(...files());
  const thief = newPrivateKey();
  const held = await authority.issue({
    name: { role: 'agent', id: 'thief' },
    publicKey: createPublicKey(thief),
  });
  const forged = await CertificateAuthority.open(
    join(directory.path, 'other-key.pem'),
    join(directory.path, 'other.pem'),
  );
  const key = newPrivateKey();
  const receiver = await forged.issue({
    name: { role: 'receiver', id: 'cellar' },
    publicKey: createPublicKey(key),
  });
  const shown = { cert: receiver.pem + held.pem, key: key.export({ type: 'pkcs8', format: 'pem' }) };
  await expect(handshake(authority.pem, shown)).rejects.toThrow();
});

test('TLS takes a certificate of the authority on both ends', async () => {
  const authority = await CertificateAuthority.open(...files());
  const key = newPrivateKey();
  const { pem } = await authority.issue({
    name: { role: 'receiver', id: 'cellar' },
    publicKey: createPublicKey(key),
    hosts: ['cellar.example.org', '127.0.0.1', '::1'],
  });
  expect(new X509Certificate(pem).checkHost('cellar.example.org')).toBe('cellar.example.org');
  expect(new X509Certificate(pem).checkIP('::1')).toBe('::1');
  const peer = await handshake(authority.pem, {
    cert: pem,
    key: key.export({ type: 'pkcs8', format: 'pem' }),
  });
  expect(nameIn(peer)).toEqual({ role: 'receiver', id: 'cellar' });
});

test('an authority that lost its key is not silently replaced by another', async () => {
  await CertificateAuthority.open(...files());
  await rm(files()[0]);
  await expect(CertificateAuthority.open(...files())).rejects.toThrow(/has lost its key.*Restore it/);
});

/** Both ends show the same certificate; resolves with what the client saw. */
async function handshake(
  ca: string,
  shown: { cert: string; key: string | Buffer },
): Promise<X509Certificate> {
  const options = { ...shown, ca, minVersion: 'TLSv1.3' } as const;
  const server = createServer({ ...options, requestCert: true, rejectUnauthorized: true });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  let client: TLSSocket | undefined;
  try {
    return await new Promise((resolve, reject) => {
      client = connect({ ...options, host: '127.0.0.1', port, checkServerIdentity: () => undefined }, () =>
        resolve(client?.getPeerX509Certificate() as X509Certificate),
      );
      client.on('error', reject);
    });
  } finally {
    client?.destroy();
    server.close();
  }
}
