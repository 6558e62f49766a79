import { mkdirSync } from 'node:fs';
import type { Measurement } from './contestant.js';
import { timed } from './processes.js';

/** Somebody who reads a snapshot: to restore it, or to compare it with its digests. */
export interface Reading {
  readonly name: string;
  run(): Promise<Measurement>;
}

/** rsync out of the same snapshot on the same disk. */
export function rsyncOut(snapshotDirectory: string, place: string): Reading {
  return {
    name: 'rsync -a',
    run: () => {
      mkdirSync(place);
      return measured('rsync', ['-a', `${snapshotDirectory}/`, `${place}/`]);
    },
  };
}

/** The reference program of BLAKE3 on the same files, with one thread. */
export function b3sum(snapshotDirectory: string): Reading {
  return {
    name: 'b3sum --num-threads 1',
    run: () =>
      measured('sh', [
        '-c',
        'find "$1" -type f -print0 | xargs -0 b3sum --num-threads 1 >/dev/null',
        'sh',
        snapshotDirectory,
      ]),
  };
}

async function measured(command: string, args: string[]): Promise<Measurement> {
  const { seconds, peakBytes } = await timed(command, args);
  return { seconds, wireBytes: null, peakBytes: { [command]: peakBytes } };
}
