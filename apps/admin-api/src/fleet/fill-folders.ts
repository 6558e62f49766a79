import { provisionMember } from '@periodic-backup/authority';
import { CredentialsFolder, type Credentials } from '@periodic-backup/trust';
import type { AdminApiConfig } from '../config.js';
import type { FleetAuthority } from './fleet-authority.js';
import { fillRedisFolder } from './redis-certificate.js';

type Wish = AdminApiConfig['PROVISION'][number];

/**
 * The folders of Redis and of all members beside this service hold what they should. Resolves with the configuration as
 * it holds from now on: a Redis with a certificate of ours is checked by our authority.
 */
export async function fillFolders(given: AdminApiConfig, authority: FleetAuthority): Promise<AdminApiConfig> {
  await fillRedisFolder(given, authority);
  const REDIS_TLS_CA = given.REDIS_TLS_CA ?? (given.REDIS_TLS_DIR && authority.required.pem);
  const config = REDIS_TLS_CA === undefined ? given : { ...given, REDIS_TLS_CA };
  for (const wish of config.PROVISION) await fillFolder(config, authority, wish);
  return config;
}

/** The folder of one of them does. @throws ProblemError 501 without an authority */
export function fillFolder(
  config: AdminApiConfig,
  authority: FleetAuthority,
  { role, id, directory }: Wish,
): Promise<Credentials> {
  const { REDIS_URL: url, REDIS_TLS_CA, MEMBER_REDIS_USERS, PROVISION_READABLE } = config;
  return provisionMember(authority.required, {
    member: { role, id },
    folder: new CredentialsFolder(directory, PROVISION_READABLE === 'all' ? 0o644 : 0o600),
    ticketPublicKey: authority.ticketPublicKey,
    redis: {
      url,
      ca: url.startsWith('rediss') ? (REDIS_TLS_CA ?? null) : null,
      ownUser: MEMBER_REDIS_USERS === 'own',
    },
  });
}
