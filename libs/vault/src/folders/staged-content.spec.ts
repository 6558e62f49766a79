import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
  appendFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@periodic-backup/protocol';
import { vaultDirectory, type VaultDirectory } from '../../test/vault-directory.js';
import { driveSession } from '../testing/drive-session.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';

let directory: VaultDirectory;
let plan: PlanInVault;

beforeEach(() => {
  directory = vaultDirectory();
  plan = new PlanInVault(directory.open());
});
afterEach(() => directory.remove());

function staging(...names: string[]): string {
  const folder = join(directory.path, '.vault/staging', plan.planId);
  return join(folder, readdirSync(folder)[0] as string, ...names);
}

function files(count: number): MemorySource {
  const source = new MemorySource();
  for (let i = 10; i < 10 + count; i++) source.file(`f${i}`, `content ${i}`);
  return source;
}

it('wants a staged file anew that a power cut left as zeros', async () => {
  plan.interrupt(files(20), { entriesPerRound: 1, stopAfterBytes: 50 });
  writeFileSync(staging('tree/f11'), Buffer.alloc(10));
  truncateSync(staging('tree/f12'));
  const { wanted, receipt } = await plan.backUp(files(20));
  expect(wanted.slice(0, 2).map(({ path }) => path)).toEqual(['f11', 'f12']);
  expect(wanted).not.toContainEqual(expect.objectContaining({ path: 'f13' }));
  expect(plan.contents(receipt.snapshot)).toMatchObject({
    f11: 'content 11',
    f12: 'content 12',
    f13: 'content 13',
  });
});

it.each([
  ['torn', (draft: string) => truncateSync(draft, readFileSync(draft).length - 7)],
  ['ending in zeros', (draft: string) => appendFileSync(draft, Buffer.alloc(5000))],
  ['gone', (draft: string) => truncateSync(draft)],
])('reads a record of staged files as far as it makes sense when it is %s', async (_state, damage) => {
  plan.interrupt(files(20), { entriesPerRound: 1, stopAfterBytes: 50 });
  damage(staging('manifest.part'));
  const { receipt } = await plan.backUp(files(20));
  expect(Object.keys(plan.contents(receipt.snapshot))).toHaveLength(20);
});

it('removes from staging what nobody recorded, before it can become part of a snapshot', async () => {
  plan.interrupt(files(20), { entriesPerRound: 1, stopAfterBytes: 50 });
  mkdirSync(staging('tree/z'));
  for (const name of ['f99', 'z/stray']) writeFileSync(staging('tree', name), 'stray');
  const { receipt } = await plan.backUp(files(20));
  const folder = join(directory.path, 'laptop/documents', receipt.snapshot);
  expect(readdirSync(folder).sort()).toEqual(Object.keys(plan.contents(receipt.snapshot)).sort());
});

it('follows no symlink out of staging while it cleans up', async () => {
  const outside = join(directory.path, 'precious');
  mkdirSync(outside);
  writeFileSync(join(outside, 'file'), 'x');
  const source = new MemorySource().file('a', 'x').symlink('link', outside);
  const sink = directory
    .open({
      faults: {
        commit: () => {
          throw new Error('died');
        },
      },
    })
    .append(plan.request());
  driveSession(sink, source);
  await expect(sink.commit()).rejects.toThrow('died');
  sink.release();
  expect(existsSync(staging('tree/link/file'))).toBe(true);
  await plan.backUp(new MemorySource().file('a', 'x').directory('link').file('link/other', 'x'));
  expect(readdirSync(outside)).toEqual(['file']);
});

it('replaces whatever lies in the way of a file without following or writing to it', async () => {
  const outside = join(directory.path, 'precious');
  writeFileSync(outside, 'x');
  const sink = plan.begin();
  const [root, file] = new MemorySource().file('f', 'new').entries();
  if (!root || !file) throw new Error('The source has two entries.');
  sink.offer(root);
  sink.offer(file);
  symlinkSync(outside, staging('tree/f'));
  const content = Buffer.from('new');
  sink.settle(1, { status: 'whole', size: 3, mtimeNs: 1n, ctimeNs: 1n, digest: digestOf(content) }, content);
  await sink.commit();
  sink.release();
  expect(readFileSync(outside, 'utf8')).toBe('x');
  expect(readFileSync(join(directory.path, 'laptop/documents/latest/f'), 'utf8')).toBe('new');
});

it('never continues a large file whose inode a snapshot may share', async () => {
  const content = Buffer.alloc(600_000, 1);
  const source = new MemorySource().file('large', content);
  const first = (await plan.backUp(source)).receipt.snapshot;
  const changed = new MemorySource().file('large', Buffer.alloc(600_000, 2), { mtimeNs: 9n });
  plan.interrupt(changed, { stopAfterBytes: 300_000 });
  unlinkSync(staging('tree/large'));
  linkSync(join(directory.path, 'laptop/documents', first, 'large'), staging('tree/large'));
  const { wanted } = await plan.backUp(changed);
  expect(wanted).toEqual([{ path: 'large', what: 'content', offset: 0 }]);
  expect(plan.read(first, 'large').equals(content)).toBe(true);
});

it('goes on after a session that died with its last records unwritten', async () => {
  const sink = plan.begin();
  driveSession(sink, files(20));
  // No release: what was not flushed is lost, as when a process is killed.
  const { wanted, receipt } = await plan.backUp(files(20));
  expect(wanted).toHaveLength(20);
  expect(receipt.counts.storedFiles).toBe(20);
  sink.release();
});
