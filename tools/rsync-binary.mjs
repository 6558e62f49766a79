import { findProgram } from './debian-program.mjs';

/** The path of rsync, the judge of round trips. @throws Error with the line that installs one */
export function findRsync(say) {
  return findProgram(
    {
      names: ['rsync'],
      packages: [['rsync', 'libpopt0', 'libxxhash0']],
      rareLibraries: 'libacl1 liblz4-1 libzstd1 zlib1g libssl3 libssl3t64'.split(' '),
      remedy:
        'rsync is needed to compare what was restored with its source: install it with "apt-get install rsync" or "brew install rsync".',
    },
    say,
  );
}
