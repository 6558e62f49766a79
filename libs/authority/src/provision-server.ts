import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDueForRenewal, loadOrCreatePrivateKey, replaceFile } from '@periodic-backup/trust';
import type { CertificateAuthority } from './certificate-authority.js';

export interface ServerProvision {
  /** Takes `key.pem`, `certificate.pem` and `authority.pem`. */
  readonly directory: string;
  /** Names and addresses that clients dial. */
  readonly hosts: readonly string[];
  /** Of the key's file. */
  readonly mode: number;
}

/** The folder of a server that is no member of ours, such as Redis, holds a certificate. True if there is a new one. */
export async function provisionServer(
  authority: CertificateAuthority,
  { directory, hosts, mode }: ServerProvision,
  now = new Date(),
): Promise<boolean> {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  const certificateFile = join(directory, 'certificate.pem');
  const privateKey = loadOrCreatePrivateKey(join(directory, 'key.pem'), mode);
  if (stillGood(certificateFile, authority, hosts, now)) return false;
  const { pem } = await authority.issue({ name: null, publicKey: createPublicKey(privateKey), hosts, now });
  replaceFile(join(directory, 'authority.pem'), authority.pem, 0o644);
  replaceFile(certificateFile, pem, 0o644);
  return true;
}

function stillGood(
  file: string,
  authority: CertificateAuthority,
  hosts: readonly string[],
  now: Date,
): boolean {
  try {
    const there = new X509Certificate(readFileSync(file));
    return (
      there.verify(new X509Certificate(authority.pem).publicKey) &&
      !isDueForRenewal({ notBefore: there.validFromDate, notAfter: there.validToDate }, now) &&
      hosts.every((host) => there.checkHost(host) !== undefined || there.checkIP(host) !== undefined)
    );
  } catch {
    return false;
  }
}
