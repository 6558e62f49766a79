import { findProgram } from './debian-program.mjs';

// What Debian's packages load beside libc, under the names of Debian 12, 13 and Ubuntu.
const libraries = 'liblzf1 liblua5.1-0 lua-bitop lua-cjson libjemalloc2 libatomic1'.split(' ');

/** The path of a Redis (or Valkey) server. @throws Error with the line that installs one */
export function findRedisServer(say) {
  return findProgram(
    {
      names: ['redis-server', 'valkey-server'],
      packages: ['redis-server redis-tools', 'valkey-server valkey-tools'].map((names) => [
        ...names.split(' '),
        ...libraries,
      ]),
      rareLibraries:
        'libssl3 libssl3t64 libsystemd0 libcap2 libgcrypt20 libgpg-error0 liblz4-1 liblzma5 libzstd1 libstdc++6'.split(
          ' ',
        ),
      remedy:
        'Redis is needed and none was found: install one with "apt-get install redis-server", ' +
        '"brew install redis" or start one with "docker run -p 6379:6379 redis" and set REDIS_URL=redis://localhost:6379.',
    },
    say,
  );
}
