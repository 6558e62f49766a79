import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  lstatSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@periodic-backup/protocol';
import { vaultDirectory, type VaultDirectory } from '../../test/vault-directory.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';

let directory: VaultDirectory;
let plan: PlanInVault;
const at = (...names: string[]): string => join(directory.path, 'laptop', 'documents', ...names);

beforeEach(() => {
  directory = vaultDirectory();
  plan = new PlanInVault(directory.open());
});
afterEach(() => directory.remove());

it('shows each snapshot as a folder of plain files, and the newest as latest', async () => {
  const source = new MemorySource()
    .directory('photos')
    .directory('photos/none')
    .file('photos/cat.txt', 'meow')
    .symlink('photos/dangling', '../nowhere')
    .special('fifo', 'pipe');
  await plan.backUp(source);
  const { receipt } = await plan.backUp(source.rewrite('photos/cat.txt', 'purr'));
  expect(readdirSync(at()).length).toBe(3);
  expect(readlinkSync(at('latest'))).toBe(receipt.snapshot);
  expect(readdirSync(at('latest')).sort()).toEqual(['photos']);
  expect(readdirSync(at('latest', 'photos')).sort()).toEqual(['cat.txt', 'dangling', 'none']);
  expect(readFileSync(at('latest', 'photos', 'cat.txt'), 'utf8')).toBe('purr');
  expect(readlinkSync(at('latest', 'photos', 'dangling'))).toBe('../nowhere');
});

it('links unchanged files to the snapshot before, and a hard link to its first name', async () => {
  const source = new MemorySource().file('a', 'x').hardLink('b', 'a').file('c', 'x');
  const first = (await plan.backUp(source)).receipt.snapshot;
  const second = (await plan.backUp(source.rewrite('c', 'y'))).receipt.snapshot;
  const inode = (snapshot: string, name: string): number => statSync(at(snapshot, name)).ino;
  expect(new Set([inode(first, 'a'), inode(first, 'b'), inode(second, 'a'), inode(second, 'b')]).size).toBe(
    1,
  );
  expect(inode(first, 'c')).not.toBe(inode(second, 'c'));
});

it('never changes a linked inode: another mode gets a copy of its own', async () => {
  const source = new MemorySource().file('f', 'x', { mode: 0o600, ctimeNs: 1n });
  const first = (await plan.backUp(source)).receipt.snapshot;
  const seen = (): unknown => {
    const { ino, mode, mtimeNs, ctimeNs, nlink } = lstatSync(at(first, 'f'), { bigint: true });
    return { ino, mode, mtimeNs, ctimeNs, nlink };
  };
  const before = seen();
  const { receipt } = await plan.backUp(source.change('f', { mode: 0o644, ctimeNs: 1n }));
  expect(receipt.counts).toMatchObject({ copiedFiles: 1, linkedFiles: 0, storedFiles: 0 });
  expect(lstatSync(at(receipt.snapshot, 'f')).mode & 0o7777).toBe(0o644);
  expect(seen()).toEqual(before);
});

it('shows modes without setuid, readable by the vault, and modification times', async () => {
  const time = 1_700_000_000_123_456_789n;
  const source = new MemorySource()
    .directory('d', { mode: 0o3055, mtimeNs: time })
    .file('d/run', 'x', { mode: 0o6777, mtimeNs: time })
    .file('d/locked', 'x', { mode: 0, mtimeNs: -5_500_000_000n })
    .symlink('d/link', 'run');
  await plan.backUp(source);
  const stat = (name: string) => lstatSync(at('latest', name), { bigint: true });
  expect([stat('d').mode & 0o7777n, stat('d/run').mode & 0o7777n, stat('d/locked').mode & 0o7777n]).toEqual([
    0o755n,
    0o777n,
    0o400n,
  ]);
  // Node passes times as doubles: a quarter of a microsecond. The manifest is exact.
  for (const name of ['d', 'd/run']) expect(Math.abs(Number(stat(name).mtimeNs - time))).toBeLessThan(250);
  expect(stat('d/locked').mtimeNs).toBe(-5_500_000_000n);
});

it('keeps holes cheap, also in a copy', async () => {
  const content = Buffer.concat([Buffer.from('x'), Buffer.alloc(20_000_000)]);
  const source = new MemorySource().file('disk.img', content, { sparse: true, mode: 0o600, ctimeNs: 1n });
  const sink = plan.begin();
  for (const entry of source.entries()) sink.offer(entry);
  sink.startFile(1, 0);
  sink.append(content.subarray(0, 1));
  sink.appendHole(20_000_000);
  const { mtimeNs, ctimeNs } = source.entries()[1] as { mtimeNs: bigint; ctimeNs: bigint };
  sink.endFile(1, { status: 'whole', size: content.length, mtimeNs, ctimeNs, digest: digestOf(content) });
  await sink.commit();
  sink.release();
  const { receipt } = await plan.backUp(source.change('disk.img', { mode: 0o644, ctimeNs: 1n }));
  expect(receipt.counts.copiedFiles).toBe(1);
  for (const { snapshot } of plan.vault.listSnapshots(plan.place)) {
    const { size, blocks } = lstatSync(at(snapshot, 'disk.img'));
    expect(size).toBe(content.length);
    expect(blocks * 512).toBeLessThan(2_000_000);
  }
});

it('names a manifest by the BLAKE3 of its file', async () => {
  const { receipt } = await plan.backUp(new MemorySource().file('f', 'x'));
  const manifest = join(directory.path, '.vault/manifests/laptop/documents', receipt.snapshot);
  expect(digestOf(readFileSync(manifest)).toString('hex')).toBe(receipt.manifestDigest);
  expect(readdirSync(join(directory.path, '.vault/receipts/laptop/documents'))).toEqual([
    `${receipt.runId}.json`,
  ]);
  expect(readdirSync(join(directory.path, '.vault/staging'))).toEqual([]);
});

it('refuses to read a snapshot whose manifest was altered', async () => {
  const { receipt } = await plan.backUp(new MemorySource().file('f', 'x', { uid: 1000 }));
  const path = join(directory.path, '.vault/manifests/laptop/documents', receipt.snapshot);
  const bytes = readFileSync(path);
  const place = bytes.indexOf(Buffer.from('000003e8', 'hex'));
  bytes.writeUInt32BE(0, place);
  writeFileSync(path, bytes);
  expect(() => plan.entryList(receipt.snapshot)).toThrow(expect.objectContaining({ code: 'DAMAGED' }));
});

it('makes a snapshot anew after a damaged manifest', async () => {
  const source = new MemorySource().file('f', 'x');
  const first = (await plan.backUp(source)).receipt.snapshot;
  writeFileSync(join(directory.path, '.vault/manifests/laptop/documents', first), 'damaged');
  const { wanted, receipt } = await plan.backUp(source);
  expect(wanted.map(({ path }) => path)).toEqual(['f']);
  expect(receipt.previous).toBe(first);
});

it('wants a file anew that a person removed from the snapshot before', async () => {
  const source = new MemorySource().file('f', 'x').file('g', 'x');
  const first = (await plan.backUp(source)).receipt.snapshot;
  unlinkSync(at(first, 'f'));
  const { wanted, receipt } = await plan.backUp(source);
  expect(wanted.map(({ path }) => path)).toEqual(['f']);
  expect(plan.contents(receipt.snapshot)).toEqual({ f: 'x', g: 'x' });
});
