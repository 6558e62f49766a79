import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The Redis (or Valkey) server to start: the one `REDIS_SERVER_BIN` names, else one of PATH. @throws Error with the remedy */
export function redisProgram(env: NodeJS.ProcessEnv = process.env): string {
  const named = env['REDIS_SERVER_BIN'];
  if (named) return named;
  for (const name of ['redis-server', 'valkey-server'])
    for (const directory of (env['PATH'] ?? '').split(delimiter)) {
      const path = join(directory, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this directory.
      }
    }
  throw new Error(
    'No redis-server was found: install one ("apt-get install redis-server", "brew install redis") or set REDIS_URL.',
  );
}
