import { readFileSync } from 'node:fs';
import type { DataFolder } from '../data-folder/data-folder.js';

/** Where Redis is, as the programs of this instance reach it. */
export interface RedisForMembers {
  /** With the password of its default user. */
  readonly url: string;
  /** Agent and receiver get a user each, which can touch nothing but its own. */
  readonly ownUsers: boolean;
}

/**
 * Agent and receivers of this machine have their keys, certificates and passwords: nobody invites them. Resolves with the
 * users that a Redis of ours has to know, as lines of its configuration.
 */
export async function provision(folder: DataFolder, redis: RedisForMembers): Promise<string[]> {
  // Loaded only now: it brings a library along, and the first words should not wait for that.
  const [{ loadOrCreateKeyPair }, authorities, { CredentialsFolder }] = await Promise.all([
    import('@periodic-backup/platform'),
    import('@periodic-backup/authority'),
    import('@periodic-backup/trust'),
  ]);
  const { CertificateAuthority, provisionMember, redisPasswordHashOf, redisRulesOf, redisUserOf } =
    authorities;
  const { ticketPrivateKey, ticketPublicKey, authorityKey, authority: authorityFile } = folder.keyFiles;
  loadOrCreateKeyPair(ticketPrivateKey, ticketPublicKey);
  const authority = await CertificateAuthority.open(authorityKey, authorityFile);
  const lines: string[] = [];
  for (const { directory, ...member } of membersOf(folder)) {
    const credentials = await provisionMember(authority, {
      member,
      folder: new CredentialsFolder(directory),
      ticketPublicKey: readFileSync(ticketPublicKey, 'utf8'),
      redis: { url: redis.url, ca: null, ownUser: redis.ownUsers },
    });
    const hash = redisPasswordHashOf(credentials);
    if (hash !== null) lines.push(`user ${redisUserOf(member)} ${redisRulesOf(member, hash).join(' ')}`);
  }
  return lines;
}

/** What the admin API is told, so that it renews these credentials and knows whose they are. */
export function provisionSetting(folder: DataFolder): string {
  return membersOf(folder)
    .map(({ role, id, directory }) => [role, id, directory].join(':'))
    .join(';');
}

interface LocalMember {
  readonly role: 'agent' | 'receiver';
  readonly id: string;
  /** With its credentials. */
  readonly directory: string;
}

function membersOf(folder: DataFolder): LocalMember[] {
  const { agentId, receivers } = folder.memory;
  return [
    ...(['agent', 'receiver'] as const).map((role) => ({
      ...{ role, id: agentId, directory: folder.credentialsDir(role) },
    })),
    ...receivers.map(({ receiverId: id }) => ({
      ...{ role: 'receiver' as const, id, directory: folder.credentialsDir('receiver', id) },
    })),
  ];
}
