import { spawnSync } from 'node:child_process';

/** PostgreSQL refuses to run as root. Who runs it then, and what is put before its command line. */
export interface PostgresAccount {
  readonly uid?: number;
  readonly gid?: number;
  /** Words before the program. */
  readonly prefix: readonly string[];
}

const NAME = 'postgres';

/**
 * An account under which PostgreSQL can run and enter `directories`: this process's own, or, as root, the user
 * `postgres`, made if missing. Where that user may not pass through (a clone under /root), it gets the one
 * capability to do so. @throws Error with the remedy
 */
export function postgresAccount(directories: readonly string[]): PostgresAccount {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const ids = userIds() ?? createUser();
  if (canEnter(directories, [], ids)) return { ...ids, prefix: [] };
  // access(2), which PostgreSQL asks about its own program, ignores capabilities without no_setuid_fixup.
  const prefix = [
    ...['setpriv', '--reuid', String(ids.uid), '--regid', String(ids.gid), '--clear-groups'],
    ...['--inh-caps=-all,+dac_override', '--ambient-caps=+dac_override', '--bounding-set=-all,+dac_override'],
    ...['--securebits=+no_setuid_fixup', '--no-new-privs'],
  ];
  if (canEnter(directories, prefix)) return { prefix };
  throw new Error(
    `PostgreSQL must not run as root, and its user "${NAME}" cannot enter ${directories.join(' and ')}: ` +
      'start as an ordinary user, or move them to a place that everybody may enter (chmod o+x on the folders above).',
  );
}

function canEnter(
  directories: readonly string[],
  prefix: readonly string[],
  ids: { uid?: number; gid?: number } = {},
): boolean {
  const test = ['/bin/sh', '-c', 'for d; do test -x "$d/." || exit 1; done', 'sh', ...directories];
  const [command = '', ...args] = [...prefix, ...test];
  return spawnSync(command, args, { ...ids, cwd: '/', stdio: 'ignore' }).status === 0;
}

function userIds(): { uid: number; gid: number } | undefined {
  const id = (flag: string): number => {
    const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' });
    return status === 0 ? Number(stdout) : NaN;
  };
  const ids = { uid: id('-u'), gid: id('-g') };
  return Number.isNaN(ids.uid) ? undefined : ids;
}

function createUser(): { uid: number; gid: number } {
  const { stderr } = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', NAME],
    { encoding: 'utf8' },
  );
  const ids = userIds();
  if (!ids)
    throw new Error(
      `PostgreSQL must not run as root, and a user "${NAME}" for it could not be made ` +
        `(${(stderr || 'useradd is missing').trim()}): start as an ordinary user.`,
    );
  return ids;
}
