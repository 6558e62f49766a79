import type { Entry } from '@periodic-backup/protocol';
import { formatBytes } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { normalised } from '../naming/path-in-snapshot.js';
import { localTime } from '../output/ages.js';
import { shown, table } from '../output/table.js';
import { findInVault, nameOf, openVault, placesIn } from './find-in-vault.js';

/** `pbk vault ls`: plans and snapshots of a vault, or the entries of a directory. */
export function listVault(
  context: CommandContext,
  targetDir: string,
  wanted: string | undefined,
  path: string,
): Promise<ExitCode> {
  const vault = openVault(targetDir);
  if (wanted === undefined) {
    const snapshots = placesIn(vault).flatMap(({ place, receipts }) =>
      receipts.map((receipt) => ({ plan: nameOf(place), ...receipt })),
    );
    answer(context, snapshots, () =>
      snapshots.length === 0
        ? 'The vault holds no snapshot.'
        : table(
            ['PLAN', 'SNAPSHOT', 'FILES', 'SIZE', 'NEW', 'PROBLEMS'],
            snapshots.map(({ plan, snapshot, counts }) => [
              plan,
              snapshot,
              String(counts.files),
              formatBytes(counts.bytes),
              formatBytes(counts.storedBytes),
              String(counts.problems),
            ]),
          ),
    );
    return Promise.resolve(EXIT.ok);
  }
  const { place, receipts, snapshot } = findInVault(vault, wanted);
  const name = snapshot ?? receipts.at(-1)?.snapshot;
  if (name === undefined) throw new CommandError(`${wanted} has no snapshot.`);
  const reading = vault.openSnapshot(place, name);
  try {
    const below = Buffer.from(normalised(path));
    const directory = below.length === 0 ? null : below;
    if (directory && reading.find(directory)?.kind !== 'directory')
      throw new CommandError(`${name} has no directory "${path}".`);
    for (const entry of reading.entries({ below: directory, from: null, depth: 'children' })) {
      if (entry.path.length === 0) continue;
      context.out.write(`${context.json ? JSON.stringify(asJson(entry)) : lineOf(entry, directory)}\n`);
    }
  } finally {
    reading.close();
  }
  return Promise.resolve(EXIT.ok);
}

function lineOf(entry: Entry, directory: Buffer | null): string {
  const name = entry.path.subarray(directory === null ? 0 : directory.length + 1).toString();
  const size = entry.kind === 'file' ? formatBytes(entry.size) : '';
  return [
    entry.mode.toString(8).padStart(4, '0'),
    size.padStart(9),
    localTime(new Date(Number(entry.mtimeNs / 1_000_000n)).toISOString()),
    `${shown(name)}${entry.kind === 'directory' ? '/' : ''}${entry.target ? ` -> ${shown(entry.target.toString())}` : ''}`,
  ].join('  ');
}

function asJson({ path, kind, mode, size, mtimeNs, digest }: Entry): object {
  return {
    path: path.toString(),
    pathBytes: path.toString('base64'),
    kind,
    mode,
    sizeBytes: size,
    mtimeNs: mtimeNs.toString(),
    digest: digest?.toString('hex') ?? null,
  };
}
