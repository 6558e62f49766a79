import { createPublicKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  proveKey,
  type CredentialsAnswer,
  type RunEvent,
  type SignedReport,
} from '@periodic-backup/contracts';
import { TestAuthority } from './test-certificates.js';

interface TestMember {
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

/** Agents and receivers with keys and certificates of one authority, made when first asked for. */
export class TestMembers {
  readonly authority = new TestAuthority('test fleet');
  readonly #members = new Map<string, TestMember>();

  member(role: 'agent' | 'receiver' | 'api', id: string): TestMember {
    const name = `pbk://${role}/${id}`;
    let member = this.#members.get(name);
    if (!member) {
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      member = {
        privateKey,
        certificate: this.authority.memberCertificate(name, createPublicKey(privateKey)),
      };
      this.#members.set(name, member);
    }
    return member;
  }

  /** What an agent puts on the queue of reports. */
  signedBy(agentId: string, report: RunEvent): SignedReport {
    const { certificate, privateKey } = this.member('agent', agentId);
    return {
      report,
      by: { kind: 'agent', certificate: new X509Certificate(certificate).raw.toString('base64') },
      signature: proveKey('report', report, privateKey),
    };
  }

  /** Writes a folder of credentials as joining does; resolves with its path. */
  writeCredentials(
    directory: string,
    { role, id }: { readonly role: 'agent' | 'receiver'; readonly id: string },
    more: { readonly ticketPublicKey: string; readonly redisUrl: string | null },
  ): string {
    const { certificate, privateKey } = this.member(role, id);
    const answer: CredentialsAnswer = {
      ...{ role, id, certificate, authority: this.authority.pem, ticketPublicKey: more.ticketPublicKey },
      redis: more.redisUrl === null ? null : { url: more.redisUrl, ca: null },
    };
    mkdirSync(directory, { recursive: true });
    const write = (name: string, text: string): void => writeFileSync(join(directory, name), text);
    write('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }) as string);
    write('certificate.pem', certificate);
    write('authority.pem', this.authority.pem);
    write('ticket-public.pem', more.ticketPublicKey);
    write('credentials.json', JSON.stringify({ ...answer, fleet: null }));
    return directory;
  }
}

/** What a receiver puts on the queue of reports. */
export function signedByVault(vaultId: string, privateKey: KeyObject, report: RunEvent): SignedReport {
  return { report, by: { kind: 'vault', vaultId }, signature: proveKey('report', report, privateKey) };
}
