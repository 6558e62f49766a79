import type { MemberRole } from '@periodic-backup/contracts';
import { CredentialsError, type CredentialsFolder } from './credentials-folder.js';
import { inWords } from './identity-name.js';

/** What credentials bring of the variables that every member is configured by. @throws CredentialsError for another role */
export function variablesOf(folder: CredentialsFolder, role: MemberRole): Record<string, string> {
  const { name, redis } = folder.load();
  if (name.role !== role)
    throw new CredentialsError(
      `The credentials in ${folder.path} are those of ${inWords(name)}, not of a${/^a/.test(role) ? 'n' : ''} ${role}: name another folder.`,
    );
  return {
    TICKET_PUBLIC_KEY_FILE: folder.ticketKeyFile,
    ...(redis ? { REDIS_URL: redis.url, ...(redis.ca === null ? {} : { REDIS_TLS_CA: redis.ca }) } : {}),
  };
}
