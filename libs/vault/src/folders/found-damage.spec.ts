import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { vaultDirectory, type VaultDirectory } from '../../test/vault-directory.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';
import { runVerify } from '../testing/run-verify.js';
import { seededContent } from '../testing/seeded-content.js';
import type { VerifyReport } from '../vault.js';

const LARGE = seededContent('large', 2_000_000);

let directory: VaultDirectory;
let plan: PlanInVault;
let source: MemorySource;
let snapshots: string[];
const at = (snapshot: number, ...names: string[]): string =>
  join(directory.path, 'laptop/documents', snapshots[snapshot] as string, ...names);
const own = (...names: string[]): string => join(directory.path, '.vault', ...names);
const noted = (): string[] => {
  const folder = own('damages/laptop/documents');
  return existsSync(folder) ? readdirSync(folder) : [];
};

beforeEach(async () => {
  directory = vaultDirectory();
  plan = new PlanInVault(directory.open());
  source = new MemorySource()
    .directory('d')
    .file('d/large', LARGE)
    .hardLink('d/link', 'd/large')
    .symlink('d/soft', 'large')
    .file('small', 'small')
    .file('changing', '0');
  snapshots = [];
  for (let i = 0; i < 3; i++)
    snapshots.push((await plan.backUp(source.rewrite('changing', String(i)))).receipt.snapshot);
});
afterEach(() => directory.remove());

/** Changes a bit as a disk does: nothing but the content tells. */
function flipBit(path: string, offset = 0): void {
  const { atimeMs, mtimeMs } = statSync(path);
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] as number) ^ 1;
  writeFileSync(path, bytes);
  utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
}

function verify(which: readonly number[] = [0, 1, 2]): VerifyReport {
  return runVerify(
    directory.open(),
    plan.place,
    which.map((i) => snapshots[i] as string),
  );
}

/** `<number of the snapshot> <path> <what>`. */
function found(which?: readonly number[]): string[] {
  return verify(which).damages.map(
    ({ snapshot, path, what }) => `${snapshots.indexOf(snapshot)} ${path} ${what}`,
  );
}

describe('a verification names the exact snapshots and paths of', () => {
  it('a flipped bit that several share', () => {
    flipBit(at(0, 'd/large'), 1_999_999);
    expect(found().sort()).toEqual(
      [0, 1, 2].flatMap((i) => [
        `${i} d/large has other content`,
        `${i} d/link shares its damaged content with "d/large"`,
      ]),
    );
  });

  it('a flipped bit that only one has', () => {
    flipBit(at(1, 'changing'));
    expect(found()).toEqual(['1 changing has other content']);
  });

  it('a file that is gone, shorter, longer or something else', () => {
    unlinkSync(at(0, 'small'));
    truncateSync(at(1, 'changing'), 0);
    writeFileSync(at(2, 'changing'), '22');
    unlinkSync(at(2, 'small'));
    mkdirSync(at(2, 'small'));
    unlinkSync(at(1, 'd/large'));
    symlinkSync('../small', at(1, 'd/large'));
    expect(found()).toEqual([
      '1 changing has 0 bytes instead of 1',
      '2 changing has 2 bytes instead of 1',
      '1 d/large is no file',
      '0 small is missing',
      '2 small is no file',
    ]);
  });

  it('a hard link that was parted from its first name and changed', () => {
    copyFileSync(at(0, 'd/link'), at(0, 'copy'));
    unlinkSync(at(0, 'd/link'));
    renameSync(at(0, 'copy'), at(0, 'd/link'));
    expect(found()).toEqual([]);
    flipBit(at(0, 'd/link'));
    expect(found()).toEqual(['0 d/link has other content']);
  });

  it('links that lead elsewhere, directories that are none, and names nobody knows', () => {
    unlinkSync(at(0, 'd/soft'));
    symlinkSync('elsewhere', at(0, 'd/soft'));
    rmSync(at(1, 'd'), { recursive: true });
    writeFileSync(at(1, 'd'), '');
    writeFileSync(at(2, 'd/stranger'), '');
    unlinkSync(at(2, 'd/soft'));
    writeFileSync(at(2, 'small~'), '');
    expect(found()).toEqual([
      '1 d is no directory',
      '1 d/large is missing',
      '1 d/link is missing',
      '0 d/soft leads elsewhere',
      '1 d/soft is missing',
      '2 d/soft is missing',
      '2 d/stranger is in the folder, but not in the manifest',
      '2 small~ is in the folder, but not in the manifest',
    ]);
  });

  it.each([
    ['manifest', 'manifests'],
    ['receipt', 'receipts'],
  ])('a flipped bit in a %s, and compares the others', (_what, kind) => {
    verify();
    const folder = own(kind, 'laptop/documents');
    const victim = readdirSync(folder).find((name) => {
      const text = readFileSync(join(folder, name), 'latin1');
      return text.includes(`"snapshot":"${snapshots[1]}"`);
    });
    flipBit(join(folder, victim as string), 200);
    flipBit(at(2, 'changing'));
    expect(found()).toEqual([
      expect.stringMatching(/^1 null The (manifest|receipt) .* is damaged/),
      '2 changing has other content',
    ]);
  });

  it('what the disk does not give', () => {
    if (process.getuid?.() === 0) return;
    chmodSync(at(0, 'small'), 0);
    expect(found()).toEqual(expect.arrayContaining(['0 small cannot be read (EACCES)']));
  });

  it('a thousand at most, and counts the rest', async () => {
    const many = new MemorySource();
    for (let i = 0; i < 1500; i++) many.file(`f${i}`, 'x');
    snapshots = [(await plan.backUp(many)).receipt.snapshot];
    for (const name of readdirSync(at(0))) unlinkSync(at(0, name));
    const report = verify([0]);
    expect(report.damages).toHaveLength(1000);
    expect(report.damageCount).toBe(1500);
  });
});

describe('what was found damaged', () => {
  it('is never handed out, while everything else is', () => {
    flipBit(at(2, 'small'));
    verify([1]);
    const reading = plan.vault.openSnapshot(plan.place, snapshots[1] as string);
    const read = (path: string): number => {
      const entry = reading.find(Buffer.from(path));
      if (entry === null) throw new Error(`There is no ${path}.`);
      return reading.read(entry, Buffer.alloc(10), 0);
    };
    expect(() => read('small')).toThrow(expect.objectContaining({ code: 'DAMAGED' }));
    expect(read('changing')).toBe(1);
    reading.close();
  });

  it('is asked for again by the next backup, with all its names, and whole in it', async () => {
    flipBit(at(2, 'd/large'));
    flipBit(at(2, 'small'));
    const unaware = await plan.backUp(source);
    expect(unaware.wanted).toEqual([]);
    snapshots.push(unaware.receipt.snapshot);
    // Found in an older snapshot only: the newest shares the inodes.
    expect(verify([0]).damageCount).toBe(3);
    const healing = await plan.backUp(source);
    expect([...new Set(healing.wanted.map(({ path }) => path))]).toEqual(['d/large', 'small']);
    snapshots.push(healing.receipt.snapshot);
    expect(plan.contents(healing.receipt.snapshot)).toMatchObject({ small: 'small' });
    expect(found([4])).toEqual([]);
    expect(found([3])).toHaveLength(3);
    const after = await plan.backUp(source);
    expect(after.wanted).toEqual([]);
    expect(after.receipt.counts.linkedFiles).toBe(3);
  });

  it('is asked for again when it comes with another change time, and is not shared then either', async () => {
    flipBit(at(2, 'small'));
    verify([2]);
    const { receipt } = await plan.backUp(source.change('small', {}));
    snapshots.push(receipt.snapshot);
    expect(found([3])).toEqual([]);
  });

  it('does not come along in a plan that accumulates, and says so', async () => {
    flipBit(at(2, 'small'));
    verify([2]);
    source.remove('small');
    const { receipt } = await plan.backUp(source, { changes: { accumulate: true } });
    expect(receipt.counts.problems).toBe(1);
    expect(plan.entry(receipt.snapshot, 'small')).toMatchObject({ unreadable: true, digest: null });
    const report = plan.vault.removeSnapshots(plan.place, snapshots, { keepOnlyCopies: true });
    // The newest may be the only one; of those whose content is not known to be damaged one stays.
    const reason = 'No newer snapshot has "small".';
    expect(report.kept).toEqual([
      { snapshot: snapshots[1], reason },
      { snapshot: snapshots[2], reason },
    ]);
  });

  it('is forgotten when it is found whole, and when its snapshot is removed', () => {
    const whole = readFileSync(at(0, 'changing'));
    flipBit(at(0, 'changing'));
    flipBit(at(1, 'changing'));
    verify();
    expect(noted()).toHaveLength(2);
    writeFileSync(at(0, 'changing'), whole);
    verify();
    expect(noted()).toHaveLength(1);
    plan.vault.removeSnapshots(plan.place, [snapshots[1] as string], { keepOnlyCopies: false });
    expect(noted()).toEqual([]);
  });

  it('outlives its note: one that cannot be read speaks against the whole snapshot', async () => {
    flipBit(at(2, 'small'));
    verify([2]);
    writeFileSync(own('damages/laptop/documents', noted()[0] as string), 'torn');
    const { wanted } = await plan.backUp(source);
    expect([...new Set(wanted.map(({ path }) => path))].sort()).toEqual(['changing', 'd/large', 'small']);
  });
});

describe('a backup after the manifest of the newest snapshot was damaged', () => {
  it('shares with the newest sound one', async () => {
    flipBit(own('manifests/laptop/documents', snapshots[2] as string), 900);
    const { wanted, receipt } = await plan.backUp(source);
    expect(wanted.map(({ path }) => path)).toEqual(['changing']);
    expect(receipt).toMatchObject({ previous: snapshots[2], counts: { problems: 0, linkedFiles: 2 } });
    expect((await plan.backUp(source)).wanted).toEqual([]);
  });

  it('begins whichever bit flipped: of its header nothing is believed', () => {
    const manifest = own('manifests/laptop/documents', snapshots[2] as string);
    const whole = readFileSync(manifest);
    for (let offset = 0; offset < 420; offset += 3) {
      const bytes = Buffer.from(whole);
      bytes[offset] = (bytes[offset] as number) ^ 8;
      writeFileSync(manifest, bytes);
      plan.begin().release();
    }
    plan.epoch = 1;
    expect(() => plan.begin()).toThrow(expect.objectContaining({ code: 'EPOCH_SUPERSEDED' }));
  });

  it('carries over what it can in a plan that accumulates, and counts a problem', async () => {
    await plan.backUp(source.file('late', 'x'), { changes: { accumulate: true } });
    const damaged = plan.vault.listSnapshots(plan.place).at(-1)?.snapshot as string;
    flipBit(own('manifests/laptop/documents', damaged), 900);
    const now = new MemorySource().file('new', 'x');
    const { receipt } = await plan.backUp(now, { changes: { accumulate: true } });
    expect(receipt.counts.problems).toBe(1);
    expect(Object.keys(plan.contents(receipt.snapshot)).sort()).toEqual([
      'changing',
      'd/large',
      'd/link',
      'new',
      'small',
    ]);
    const { kept } = plan.vault.removeSnapshots(plan.place, [damaged], { keepOnlyCopies: true });
    expect(kept).toHaveLength(1);
  });
});
