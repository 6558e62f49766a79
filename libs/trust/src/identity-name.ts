import type { X509Certificate } from 'node:crypto';
import { AgentId, MemberRole } from '@periodic-backup/contracts';

/** Who somebody is: a role and, within it, a name. */
export interface IdentityName {
  readonly role: MemberRole;
  readonly id: string;
}

/** As a certificate says it, in its alternative names. */
export function uriOf({ role, id }: IdentityName): string {
  return `pbk://${role}/${id}`;
}

/** In words, for people. */
export function inWords({ role, id }: IdentityName): string {
  return role === 'api' ? 'the control plane' : `${role} "${id}"`;
}

/** Whom a certificate was made out for; null if it names nobody of ours, or more than one. */
export function nameIn(certificate: Pick<X509Certificate, 'subjectAltName'>): IdentityName | null {
  const uris = (certificate.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('URI:'));
  const [, role, id] = /^URI:pbk:\/\/([a-z]+)\/([a-z0-9-]+)$/.exec(uris[0] ?? '') ?? [];
  const known = MemberRole.safeParse(role);
  if (uris.length !== 1 || !known.success || !AgentId.safeParse(id).success) return null;
  return { role: known.data, id: id as string };
}
