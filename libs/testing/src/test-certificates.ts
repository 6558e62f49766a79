import { createPublicKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { isIPv4 } from 'node:net';

export interface ServerCertificate {
  readonly certPem: string;
  readonly keyPem: string;
  /** Of who signed it: what a client has to trust. */
  readonly caPem: string;
}

/** A certificate authority of one test: whom it signed for is trusted by whoever trusts `pem`, and by nobody else. */
export class TestAuthority {
  readonly #key = newKey();
  readonly pem: string;

  constructor(private readonly name = 'test authority') {
    this.pem = certificate({
      subject: name,
      subjectKey: this.#key,
      issuer: name,
      issuerKey: this.#key,
      ca: true,
    });
  }

  /** The certificate of a member of a fleet, for the next hour; `uri` names it. */
  memberCertificate(uri: string, publicKey: KeyObject): string {
    return certificate({
      ...{ subject: uri, subjectKey: publicKey, issuer: this.name, issuerKey: this.#key },
      uris: [uri],
    });
  }

  /** A server's certificate for the next hour, made out for these host names and IPv4 addresses. */
  serverCertificate(...hosts: string[]): ServerCertificate {
    const key = newKey();
    const certPem = certificate({
      ...{ subject: hosts[0] ?? 'nobody', subjectKey: key, issuer: this.name, issuerKey: this.#key },
      hosts,
    });
    return { certPem, keyPem: key.export({ type: 'pkcs8', format: 'pem' }) as string, caPem: this.pem };
  }
}

function newKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey;
}

interface CertificateFields {
  readonly subject: string;
  readonly subjectKey: KeyObject;
  readonly issuer: string;
  readonly issuerKey: KeyObject;
  readonly ca?: boolean;
  readonly hosts?: readonly string[];
  readonly uris?: readonly string[];
}

/** X.509 version 3 (RFC 5280, section 4.1), signed by ECDSA with SHA-256. */
function certificate({
  subject,
  subjectKey,
  issuer,
  issuerKey,
  ca,
  hosts = [],
  uris = [],
}: CertificateFields): string {
  const algorithm = sequence(objectId('2a8648ce3d040302'));
  const basicConstraints = sequence(objectId('551d13'), TRUE, octets(ca ? sequence(TRUE) : sequence()));
  const names = [...hosts.map(alternativeName), ...uris.map((uri) => element(0x86, Buffer.from(uri)))];
  const extensions =
    names.length > 0
      ? [basicConstraints, sequence(objectId('551d11'), octets(sequence(...names)))]
      : [basicConstraints];
  const now = Date.now();
  const toBeSigned = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    commonName(issuer),
    sequence(utcTime(new Date(now - 3_600_000)), utcTime(new Date(now + 3_600_000))),
    commonName(subject),
    publicHalf(subjectKey).export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', toBeSigned, issuerKey);
  const der = sequence(toBeSigned, algorithm, element(0x03, Buffer.from([0]), signature));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function publicHalf(key: KeyObject): KeyObject {
  return key.type === 'private' ? createPublicKey(key) : key;
}

const TRUE = element(0x01, Buffer.from([0xff]));

/** One value of DER: tag, length, content. */
function element(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const length =
    body.length < 0x80
      ? [body.length]
      : body.length < 0x100
        ? [0x81, body.length]
        : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function sequence(...content: Buffer[]): Buffer {
  return element(0x30, ...content);
}

function objectId(hex: string): Buffer {
  return element(0x06, Buffer.from(hex, 'hex'));
}

function integer(bytes: Buffer): Buffer {
  return element(0x02, bytes);
}

function octets(content: Buffer): Buffer {
  return element(0x04, content);
}

function utcTime(at: Date): Buffer {
  const digits = at.toISOString().replace(/\.\d+/, '').replace(/[-:T]/g, '').slice(2);
  return element(0x17, Buffer.from(digits));
}

function commonName(name: string): Buffer {
  return sequence(element(0x31, sequence(objectId('550403'), element(0x0c, Buffer.from(name)))));
}

function alternativeName(host: string): Buffer {
  return isIPv4(host)
    ? element(0x87, Buffer.from(host.split('.').map(Number)))
    : element(0x82, Buffer.from(host));
}
