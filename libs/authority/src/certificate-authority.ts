import 'reflect-metadata';
import { createPrivateKey, createPublicKey, randomBytes, X509Certificate, type KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { CERTIFICATE_LIFE_MS } from '@periodic-backup/contracts';
import {
  fingerprintOf,
  loadOrCreatePrivateKey,
  publishOnce,
  uriOf,
  type IdentityName,
} from '@periodic-backup/trust';

const YEAR_MS = 365.25 * 86_400_000;
const AUTHORITY_LIFE_MS = 20 * YEAR_MS;
/** Clocks differ: a certificate is good from a while before it was made. */
const BACKDATED_MS = 10 * 60_000;
const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface IssuedCertificate {
  readonly pem: string;
  /** Hex, upper case, as Node shows it. */
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export interface CertificateWish {
  /** Null: a server that is no member of ours, such as Redis. */
  readonly name: IdentityName | null;
  readonly publicKey: KeyObject;
  /** Host names and addresses that programs which do not know of roles look for. */
  readonly hosts?: readonly string[];
  readonly lifeMs?: number;
  readonly now?: Date;
}

/** The built-in certificate authority: it vouches for who is who in one fleet, and for nothing else. */
export class CertificateAuthority {
  readonly fingerprint: string;

  private constructor(
    /** Its own certificate. */
    readonly pem: string,
    private readonly privateKey: KeyObject,
  ) {
    this.fingerprint = fingerprintOf(pem);
  }

  /**
   * The authority of these files, made at the first call. Several processes starting at once agree on one.
   * @throws Error if one of the files is there without the other, or they do not belong together
   */
  static async open(keyFile: string, certificateFile: string): Promise<CertificateAuthority> {
    if (existsSync(certificateFile) && !existsSync(keyFile))
      throw new Error(
        `The certificate authority has lost its key: ${keyFile} is missing while ${certificateFile} is there. ` +
          'Restore it from a copy; or remove the certificate too, and let every agent join again.',
      );
    for (const file of [keyFile, certificateFile]) mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    const privateKey = loadOrCreatePrivateKey(keyFile);
    if (!existsSync(certificateFile)) publishOnce(certificateFile, await selfSigned(privateKey), 0o644);
    const pem = readFileSync(certificateFile, 'utf8');
    if (!new X509Certificate(pem).checkPrivateKey(privateKey))
      throw new Error(
        `${certificateFile} is not the certificate of the key ${keyFile}: restore both from one copy.`,
      );
    return new CertificateAuthority(pem, privateKey);
  }

  /** A certificate for that key, good for 30 days unless told otherwise. */
  async issue({
    name,
    publicKey,
    hosts = [],
    lifeMs,
    now = new Date(),
  }: CertificateWish): Promise<IssuedCertificate> {
    const notBefore = new Date(now.getTime() - BACKDATED_MS);
    const notAfter = new Date(now.getTime() + (lifeMs ?? CERTIFICATE_LIFE_MS));
    const names = [
      ...(name ? [{ type: 'url' as const, value: uriOf(name) }] : []),
      ...hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host })),
    ];
    const issuer = new X509Certificate(this.pem);
    const serialNumber = newSerial();
    const certificate = await X509CertificateGenerator.create({
      ...{ serialNumber, notBefore, notAfter, signingAlgorithm: ALGORITHM },
      subject: [
        { O: ['Periodic Backup'] },
        { CN: [name ? `${name.role} ${name.id}` : (hosts[0] ?? 'server')] },
      ],
      issuer: AUTHORITY_NAME,
      publicKey: await verifyingKey(publicKey),
      signingKey: await signingKey(this.privateKey),
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.clientAuth, ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(names),
        await AuthorityKeyIdentifierExtension.create(await verifyingKey(issuer.publicKey)),
        await SubjectKeyIdentifierExtension.create(await verifyingKey(publicKey)),
      ],
    });
    const pem = `${certificate.toString('pem')}\n`;
    const { serialNumber: serial, validFromDate, validToDate } = new X509Certificate(pem);
    return { pem, serial, notBefore: validFromDate, notAfter: validToDate };
  }
}

const AUTHORITY_NAME = [{ O: ['Periodic Backup'] }, { CN: ['fleet authority'] }];

async function selfSigned(privateKey: KeyObject): Promise<string> {
  const publicKey = await verifyingKey(createPublicKey(privateKey));
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: AUTHORITY_NAME,
    notBefore: new Date(Date.now() - BACKDATED_MS),
    notAfter: new Date(Date.now() + AUTHORITY_LIFE_MS),
    signingAlgorithm: ALGORITHM,
    keys: { privateKey: await signingKey(privateKey), publicKey },
    extensions: [
      // It signs members, never another authority.
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** 127 random bits: positive, and never the same twice. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes.toString('hex');
}

/** The library works with keys of the Web Crypto API. */
async function signingKey(key: KeyObject): Promise<CryptoKey> {
  const der = createPrivateKey(key.export({ type: 'pkcs8', format: 'pem' })).export({
    type: 'pkcs8',
    format: 'der',
  });
  return crypto.subtle.importKey('pkcs8', new Uint8Array(der), ALGORITHM, false, ['sign']);
}

async function verifyingKey(key: KeyObject): Promise<CryptoKey> {
  const der = key.export({ type: 'spki', format: 'der' });
  return crypto.subtle.importKey('spki', new Uint8Array(der), ALGORITHM, true, ['verify']);
}
