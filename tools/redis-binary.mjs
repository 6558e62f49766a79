import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { runtimeDir } from './paths.mjs';
import { runProgram } from './run-program.mjs';

const folder = join(runtimeDir, 'redis');
const wrapper = join(folder, 'redis-server');
// What Debian's packages load beside libc, under the names of Debian 12, 13 and Ubuntu.
const libraries = 'liblzf1 liblua5.1-0 lua-bitop lua-cjson libjemalloc2 libatomic1'.split(' ');
const packages = ['redis-server redis-tools', 'valkey-server valkey-tools'].map((names) => [
  ...names.split(' '),
  ...libraries,
]);
// Nearly always there already; a bare image may lack them. Each is known to some releases only.
const rareLibraries =
  'libssl3 libssl3t64 libsystemd0 libcap2 libgcrypt20 libgpg-error0 liblz4-1 liblzma5 libzstd1 libstdc++6'.split(
    ' ',
  );

/**
 * The path of a Redis (or Valkey) server: one on PATH, else one unpacked from Debian's packages into .runtime
 * without installing anything. @throws Error with the line that installs one
 */
export async function findRedisServer(say) {
  const found = onPath('redis-server') ?? onPath('valkey-server');
  if (found) return found;
  if (existsSync(wrapper) && (await works(wrapper))) return wrapper;
  if (onPath('apt-get') && onPath('dpkg')) {
    say('Fetching Redis (apt packages, unpacked into .runtime; nothing is installed) …');
    for (const updateFirst of process.getuid?.() === 0 ? [false, true] : [false]) {
      if (updateFirst) await runProgram('apt-get', ['update'], { quiet: true });
      for (const names of packages) if (await unpack(names)) return wrapper;
    }
  }
  throw new Error(
    'Redis is needed and none was found: install one with "apt-get install redis-server", ' +
      '"brew install redis" or start one with "docker run -p 6379:6379 redis" and set REDIS_URL=redis://localhost:6379.',
  );
}

function onPath(name) {
  for (const directory of [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/bin']) {
    const path = join(directory, name);
    try {
      accessSync(path, constants.X_OK);
      if (directory) return path;
    } catch {
      // Not in this directory.
    }
  }
  return null;
}

async function unpack(names) {
  rmSync(folder, { recursive: true, force: true });
  const downloads = join(folder, 'packages');
  mkdirSync(downloads, { recursive: true });
  if (!(await download(names, downloads))) return false;
  const content = join(folder, 'root');
  if (!(await unpackAll(downloads, content)) || !writeWrapper(content)) return false;
  if (!(await works(wrapper))) {
    for (const name of rareLibraries) await download([name], downloads);
    if (!(await unpackAll(downloads, content)) || !writeWrapper(content) || !(await works(wrapper)))
      return false;
  }
  rmSync(downloads, { recursive: true });
  return true;
}

async function download(names, downloads) {
  // As root apt would drop its rights for the download and could not write here.
  const args = ['-o', 'APT::Sandbox::User=root', 'download', ...names];
  return (await runProgram('apt-get', args, { cwd: downloads, quiet: true })).code === 0;
}

async function unpackAll(downloads, content) {
  for (const file of readdirSync(downloads))
    if ((await runProgram('dpkg', ['-x', join(downloads, file), content], { quiet: true })).code !== 0)
      return false;
  return true;
}

/** In Debian's packages redis-server is a link to redis-check-rdb, which finds its role by its name. */
function writeWrapper(content) {
  const binary = ['redis-server', 'valkey-server']
    .map((name) => join(content, 'usr/bin', name))
    .find(existsSync);
  if (!binary) return false;
  const directories = ['usr/lib', 'lib']
    .map((directory) => join(content, directory))
    .filter(existsSync)
    .flatMap((directory) => readdirSync(directory).map((name) => join(directory, name)))
    .filter((path) => path.includes('-linux-'));
  writeFileSync(
    wrapper,
    `#!/bin/sh\nLD_LIBRARY_PATH='${directories.join(':')}'\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} exec '${binary}' "$@"\n`,
  );
  chmodSync(wrapper, 0o755);
  return true;
}

const works = async (program) => (await runProgram(program, ['--version'], { quiet: true })).code === 0;
