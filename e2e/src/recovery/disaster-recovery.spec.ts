import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { temporaryDirectory, until, type TemporaryDirectory } from '@periodic-backup/testing';
import { LaunchedStack } from '../support/launched-stack.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const GUIDE = join(ROOT, 'docs/disaster-recovery.md');

let folder: TemporaryDirectory;
let source: string;
let snapshotsBefore: string[];
const at = (...names: string[]): string => join(folder.path, ...names);

/** A plan that was backed up, and then everything is gone but the vault. */
beforeAll(async () => {
  folder = await temporaryDirectory();
  source = at('docs');
  cpSync(join(ROOT, 'docs'), source, { recursive: true });
  const stack = await LaunchedStack.start({ source, target: at('backups'), dataDir: at('data') });
  await stack.ended(await stack.runNow());
  snapshotsBefore = (await stack.snapshots()).map(({ snapshot }) => snapshot);
  await stack.stop();
  rmSync(at('data'), { recursive: true });
});

afterAll(() => folder.remove());

/** The commands of the guide, as they stand there. */
function commandsOf(guide: string): string[] {
  return [...guide.matchAll(/^```sh\n([^]*?)^```/gm)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .filter((line) => line.startsWith('./pbk'));
}

it('works by the commands of the guide, with no service, Redis or database', () => {
  const commands = commandsOf(readFileSync(GUIDE, 'utf8'));
  expect(commands.length).toBeGreaterThanOrEqual(6);
  for (const command of commands) {
    const { status, stdout, stderr } = spawnSync('sh', ['-c', command.replace('./pbk', join(ROOT, 'pbk'))], {
      cwd: folder.path,
      encoding: 'utf8',
      timeout: 180_000,
    });
    expect({ command, status, stdout, stderr }).toMatchObject({ status: 0 });
  }
  const rsync = process.env['RSYNC_BIN'] ?? 'rsync';
  const compare = ['-aHXn', '--checksum', '--itemize-changes', '--delete'];
  expect(execFileSync(rsync, [...compare, `${source}/`, `${at('recovered')}/`]).toString()).toBe('');
  expect(readFileSync(at('recovered-part/architecture.md'))).toEqual(
    readFileSync(join(source, 'architecture.md')),
  );
});

it('goes on with a new database that knows every snapshot again', async () => {
  const stack = await LaunchedStack.start({
    source: at('recovered'),
    target: at('backups'),
    dataDir: at('new-data'),
  });
  try {
    await until(
      async () => {
        const names = (await stack.snapshots()).map(({ snapshot }) => snapshot);
        return snapshotsBefore.every((name) => names.includes(name));
      },
      { deadlineMs: 30_000, what: 'the snapshots of before to be listed' },
    );
    const old = (await stack.snapshots()).find(({ snapshot }) => snapshot === snapshotsBefore[0]);
    const listing = await fetch(`${stack.api}/snapshots/${old?.id}/entries?path=decisions`);
    expect([listing.status, (await listing.json()) as unknown]).toEqual([
      200,
      expect.objectContaining({ items: expect.arrayContaining([expect.objectContaining({ kind: 'file' })]) }),
    ]);
  } finally {
    await stack.stop();
  }
});
