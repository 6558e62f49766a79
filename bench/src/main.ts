import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Contestant, Measurement } from './contestant.js';
import { changeOnePercent, emptyFiles, largeFiles, oneFile, smallFiles, type DataSet } from './data-sets.js';
import { Ours } from './ours.js';
import { b3sum, rsyncOut, type Reading } from './readers.js';
import { median, table } from './report.js';
import { borg, restic } from './repository-tools.js';
import { Rsync } from './rsync.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    dir: { type: 'string' },
    only: { type: 'string', default: 'small,large,unchanged,one-percent,restore,verify,retention,million' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(`npm run bench -- [--rounds 3] [--dir DIRECTORY] [--only small,large,unchanged,one-percent,restore,verify,retention,million]

Backs the same data up with Periodic Backup and, where installed, the rsync daemon, restic and borg, in turn.
Ours counts from the request to the closed run: every digest verified, flushed, receipt checked.
Without --dir it works in memory (/dev/shm) if there is one: ratios travel between machines, seconds do not.`);
  process.exit(0);
}

const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error(`--rounds ${values.rounds}: must be a whole number of at least 1.`);
  process.exit(2);
}
const root = mkdtempSync(join(values.dir ?? (existsSync('/dev/shm') ? '/dev/shm' : tmpdir()), 'pbk-bench-'));
const installed = (command: string): boolean =>
  spawnSync(command, [command === 'restic' ? 'version' : '--version']).status === 0;
const ours = new Ours(root, root, 17_300, 17_400);
const mirrors: Contestant[] = [];
const snapshotters: Contestant[] = [];
if (installed('rsync')) {
  mirrors.push(new Rsync(root, 17_873, { fsync: false, snapshots: false }));
  mirrors.push(new Rsync(root, 17_874, { fsync: true, snapshots: false }));
  snapshotters.push(new Rsync(root, 17_875, { fsync: false, snapshots: true }));
} else console.log('rsync is not installed: left out.');
const repositories = [restic(root), borg(root)].filter((one) => {
  const there = installed(one.name.split(' ')[0] as string);
  if (!there) console.log(`${one.name} is not installed: left out.`);
  return there;
});

/** Every contestant in turn, each round begun by another: slow moments hit all, and nobody always runs behind the same. */
async function compare<Who extends { readonly name: string }>(
  title: string,
  contestants: Who[],
  one: (who: Who, round: number) => Promise<Measurement>,
) {
  const results = contestants.map((who) => ({ contestant: who.name, rounds: [] as Measurement[] }));
  for (let round = 0; round < rounds; round++)
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      results[index]?.rounds.push(await one(contestants[index] as Who, round));
    }
  console.log(table(title, results));
}

async function first(who: Contestant, set: DataSet): Promise<Measurement> {
  await who.reset();
  return who.first(set);
}

const wanted = new Set(values.only.split(','));
const everyone = [ours, ...mirrors, ...snapshotters, ...repositories];
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, ${rounds} rounds, in ${root}`);
try {
  if (wanted.has('small') || wanted.has('unchanged')) {
    const set = smallFiles(root);
    if (wanted.has('small')) await compare(`${set.name}, first backup`, everyone, (who) => first(who, set));
    if (wanted.has('unchanged')) {
      for (const who of everyone) await first(who, set);
      await compare(`${set.name}, nothing changed`, everyone, (who) => who.again(set));
    }
    for (const who of everyone) await who.reset();
    rmSync(set.directory, { recursive: true });
  }
  if (wanted.has('large')) {
    const set = largeFiles(root);
    await compare(`${set.name}, first backup`, everyone, async (who) => {
      const measurement = await first(who, set);
      await who.reset();
      return measurement;
    });
    rmSync(set.directory, { recursive: true });
  }
  if (wanted.has('one-percent')) {
    const set = oneFile(root);
    await compare(set.name, everyone, async (who, round) => {
      await first(who, set);
      changeOnePercent(set, round);
      const measurement = await who.again(set);
      await who.reset();
      return measurement;
    });
    rmSync(set.directory, { recursive: true });
  }
  if (wanted.has('restore') || wanted.has('verify') || wanted.has('retention')) {
    const set = smallFiles(root);
    await first(ours, set);
    const place = join(root, 'restored');
    const again = async (who: Reading): Promise<Measurement> => {
      rmSync(place, { recursive: true, force: true });
      return who.run();
    };
    if (wanted.has('restore'))
      await compare(
        `${set.name}, restored`,
        [ours.restoring(place), ...(installed('rsync') ? [rsyncOut(ours.snapshotDirectory, place)] : [])],
        again,
      );
    if (wanted.has('verify'))
      await compare(
        `${set.name}, verified`,
        [ours.verifying(), ...(installed('b3sum') ? [b3sum(ours.snapshotDirectory)] : [])],
        again,
      );
    if (wanted.has('retention')) {
      const { first, median } = await ours.previewRetention(10_000);
      console.log(
        `\nPreviewing the retention of 10,000 snapshots: ${first.toFixed(0)} ms the first time, then ${median.toFixed(0)} ms (median of 20).`,
      );
    }
    rmSync(place, { recursive: true, force: true });
    await ours.reset();
    rmSync(set.directory, { recursive: true });
  }
  if (wanted.has('million')) {
    const set = emptyFiles(root);
    await ours.reset();
    console.log(
      table(set.name, [
        { contestant: `${ours.name}, first`, rounds: [await ours.first(set)] },
        { contestant: `${ours.name}, again`, rounds: [await ours.again(set)] },
      ]),
    );
    const { first, median } = await ours.browse('d00500');
    console.log(
      `\nBrowsing one directory of it: ${first.toFixed(0)} ms the first time, then ${median.toFixed(0)} ms (median of 20).`,
    );
  }
  if (ours.firstByteMs.length > 0)
    console.log(
      `\nFrom the request to the first byte on the wire: median ${median(ours.firstByteMs).toFixed(0)} ms.`,
    );
} finally {
  for (const who of everyone) await who.close();
  rmSync(root, { recursive: true, force: true });
}
