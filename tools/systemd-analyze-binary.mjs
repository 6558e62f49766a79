import { findProgram } from './debian-program.mjs';

/** The path of systemd-analyze, the judge of the agent's unit. @throws Error with the line that installs one */
export function findSystemdAnalyze(say) {
  return findProgram(
    {
      names: ['systemd-analyze'],
      packages: [['systemd', 'libsystemd-shared'], ['systemd']],
      rareLibraries:
        'libseccomp2 libpam0g libaudit1 libkmod2 libapparmor1 libselinux1 libmount1 libacl1 libblkid1 libcap2 libcrypt1 libgcrypt20 libip4tc2 liblz4-1 libzstd1 liblzma5 libssl3 libssl3t64 libgpg-error0 libcap-ng0 libpcre2-8-0'.split(
          ' ',
        ),
      remedy:
        'systemd-analyze is needed to judge the unit of the agent: install it with "apt-get install systemd".',
    },
    say,
  );
}
