import { hostname } from 'node:os';
import type { CredentialsFolder } from './credentials-folder.js';
import { CredentialsKeeper } from './credentials-keeper.js';

/** What is needed of a logger. */
interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** Keeps the credentials of a process fresh and says so in its log. `start()` it; `close()` it at the end. */
export function keeperOf(folder: CredentialsFolder, version: string, logger: Log): CredentialsKeeper {
  return new CredentialsKeeper(
    folder,
    { hostname: hostname(), version },
    {
      changed: ({ redisMoved }) => {
        const { notAfter } = folder.load();
        logger.info({ notAfter }, 'credentials renewed');
        if (redisMoved) logger.warn({}, 'Redis has another address now: restart this program');
      },
      failed: ({ message }) =>
        logger.warn({ error: message }, 'credentials could not be renewed; trying again in an hour'),
    },
  );
}
