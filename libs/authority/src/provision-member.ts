import { createHash, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import type { MemberRedis } from '@periodic-backup/contracts';
import {
  CredentialsError,
  isDueForRenewal,
  withUser,
  withoutUser,
  type Credentials,
  type CredentialsFolder,
} from '@periodic-backup/trust';
import type { CertificateAuthority } from './certificate-authority.js';
import { redisUserOf, type RedisMember } from './redis-rules.js';

const PASSWORD_BYTES = 32;

export interface Provision {
  readonly member: RedisMember;
  readonly folder: CredentialsFolder;
  /** PEM. */
  readonly ticketPublicKey: string;
  /** Where Redis is for this member. `ownUser` false: with the user and password that the URL holds. */
  readonly redis: MemberRedis & { readonly ownUser: boolean };
}

/**
 * The folder of a member on this machine, or on a volume that it shares with us, holds what it needs, with a certificate
 * that is not due for renewal. Nobody has to invite it. Its key and password stay those that were there.
 */
export async function provisionMember(
  authority: CertificateAuthority,
  { member, folder, ticketPublicKey, redis }: Provision,
  now = new Date(),
): Promise<Credentials> {
  const there = usable(folder, authority, member);
  const certificate =
    there && !isDueForRenewal(there, now)
      ? there.certificate
      : (await authority.issue({ name: member, publicKey: createPublicKey(folder.key()), now })).pem;
  const wanted = {
    ...{ role: member.role, id: member.id, certificate, authority: authority.pem, ticketPublicKey },
    redis: { url: urlFor(member, redis, there), ca: redis.ca },
  };
  const isSame =
    there !== null &&
    there.certificate === certificate &&
    there.authority === wanted.authority &&
    there.ticketPublicKey === ticketPublicKey &&
    there.redis?.url === wanted.redis.url &&
    there.redis.ca === redis.ca;
  if (!isSame) folder.store(wanted, null);
  return folder.load();
}

/** What the ledger keeps of the password in these credentials; null if it is none of the member's own. */
export function redisPasswordHashOf({ redis, name }: Credentials): string | null {
  if (redis === null || name.role === 'api') return null;
  const [, user = '', password = ''] = /^[a-z-]+:\/\/([^:/?#]*):([^@/?#]*)@/.exec(redis.url) ?? [];
  if (user !== redisUserOf(name)) return null;
  return createHash('sha256').update(decodeURIComponent(password)).digest('hex');
}

function urlFor(member: RedisMember, redis: Provision['redis'], there: Credentials | null): string {
  if (!redis.ownUser) return redis.url;
  const held = there?.redis?.url;
  const user = redisUserOf(member);
  const [, password] =
    held === undefined ? [] : (new RegExp(`^[a-z-]+://${user}:([0-9a-f]+)@`).exec(held) ?? []);
  return withUser(withoutUser(redis.url), user, password ?? randomBytes(PASSWORD_BYTES).toString('hex'));
}

/** What is there, unless another authority made it or it is for another member. */
function usable(
  folder: CredentialsFolder,
  authority: CertificateAuthority,
  { role, id }: RedisMember,
): Credentials | null {
  if (!folder.exists) return null;
  try {
    const there = folder.load();
    const isOurs = new X509Certificate(there.certificate).verify(
      new X509Certificate(authority.pem).publicKey,
    );
    return isOurs && there.role === role && there.id === id ? there : null;
  } catch (error) {
    if (error instanceof CredentialsError) return null;
    throw error;
  }
}
