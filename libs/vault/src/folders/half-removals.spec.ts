import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync, readdirSync, readlinkSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEAD, handOver } from '../../test/dead-process.js';
import { fileError } from '../../test/mounted-directory.js';
import { vaultDirectory, type VaultDirectory } from '../../test/vault-directory.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';
import type { FoldersVault } from './folders-vault.js';
import { markedName, processMark } from './process-mark.js';
import type { RemovalStep } from './snapshot-removal.js';

const STEPS: readonly RemovalStep[] = [
  'hide-manifest',
  'flush-hidden',
  'move-tree',
  'delete-tree',
  'remove-receipt',
  'remove-marker',
];
const freely = { keepOnlyCopies: false };
const ELSEWHERE = '00000000-0000000000000000.1.1';

let directory: VaultDirectory;
let plan: PlanInVault;
let snapshots: string[];
const own = (...names: string[]): string => join(directory.path, '.vault', ...names);
const removing = (): string[] => namesIn(own('removing/laptop/documents'));

beforeEach(async () => {
  directory = vaultDirectory();
  plan = new PlanInVault(directory.open());
  const source = new MemorySource().directory('d').file('d/same', 'same').file('changing', '0');
  snapshots = [];
  for (let i = 0; i < 3; i++)
    snapshots.push((await plan.backUp(source.rewrite('changing', String(i)))).receipt.snapshot);
});
afterEach(() => directory.remove());

function namesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

function failingAt(step: RemovalStep, error: Error): FoldersVault {
  return directory.open({
    faults: {
      removal: (reached) => {
        if (reached === step) throw error;
      },
    },
  });
}

/** A process that removes and dies before a step: what bears its mark bears a dead one then. */
function dieBefore(step: RemovalStep, mark = DEAD): void {
  const victim = snapshots[1] as string;
  expect(() => failingAt(step, new Error('died')).removeSnapshots(plan.place, [victim], freely)).toThrow(
    'died',
  );
  handOver([own('removing/laptop/documents'), own('staging')], mark);
}

/** Wholly there or wholly gone; the others as they were. */
function expectWhole(isThere: boolean): void {
  const [first, victim, newest] = snapshots as [string, string, string];
  const left = isThere ? [first, victim, newest] : [first, newest];
  expect(namesIn(join(directory.path, 'laptop/documents'))).toEqual([...left, 'latest']);
  expect(readlinkSync(join(directory.path, 'laptop/documents/latest'))).toBe(newest);
  expect(plan.vault.listSnapshots(plan.place).map(({ snapshot }) => snapshot)).toEqual(left);
  expect(namesIn(own('receipts/laptop/documents'))).toHaveLength(left.length);
  expect(namesIn(own('staging'))).toEqual([]);
  expect(removing()).toEqual([]);
  for (const snapshot of left)
    expect(plan.contents(snapshot)).toEqual({
      'd/same': 'same',
      changing: String(snapshots.indexOf(snapshot)),
    });
}

describe.each(STEPS)('after a death before the step %s of a removal', (step) => {
  const isThere = step === 'hide-manifest';

  it(isThere ? 'the snapshot is there' : 'recovery ends it', () => {
    dieBefore(step);
    expect(directory.open().recover()).toMatchObject({
      finishedRemovals: isThere ? 0 : 1,
      unknownFolders: 0,
    });
    expectWhole(isThere);
    expect(directory.open().recover()).toMatchObject({ finishedRemovals: 0, removedStrays: 0 });
  });

  it('the next removal ends it first', () => {
    dieBefore(step);
    const [first, victim] = snapshots as [string, string];
    expect(plan.vault.removeSnapshots(plan.place, [victim], freely)).toEqual({ removed: [victim], kept: [] });
    plan.vault.recover();
    expectWhole(false);
    expect(plan.contents(first)).toMatchObject({ changing: '0' });
  });

  it('the next backup does not mind', async () => {
    dieBefore(step);
    const { receipt } = await plan.backUp(new MemorySource().file('changing', '4', { ctimeNs: 4n }));
    expect(receipt.previous).toBe(snapshots[2]);
    expect(plan.contents(receipt.snapshot)).toEqual({ changing: '4' });
  });

  it('a file call that fails there ends nothing for good', () => {
    const [, victim] = snapshots as [string, string];
    const report = failingAt(step, fileError('EIO')).removeSnapshots(plan.place, [victim], freely);
    expect(report).toEqual({ removed: [], kept: [{ snapshot: victim, reason: expect.any(String) }] });
    expect(plan.vault.removeSnapshots(plan.place, [victim], freely).removed).toEqual([victim]);
    // What was moved away belongs to this process, which lives.
    handOver([own('staging')]);
    plan.vault.recover();
    expectWhole(false);
  });
});

describe('a removal', () => {
  it('of a process that lives, or may live elsewhere, is left to it', () => {
    dieBefore('move-tree', processMark());
    const [name] = removing() as [string];
    expect(plan.vault.recover()).toMatchObject({ finishedRemovals: 0, unknownFolders: 0 });
    renameSync(
      own('removing/laptop/documents', name),
      own('removing/laptop/documents', name.replace(processMark(), ELSEWHERE)),
    );
    expect(plan.vault.recover()).toMatchObject({ finishedRemovals: 0, unknownFolders: 0 });
    const inAnHour = directory.open({ clock: () => new Date(Date.now() + 3_600_000) });
    expect(inAnHour.recover()).toMatchObject({ finishedRemovals: 1 });
    expectWhole(false);
  });

  it('puts the snapshot back for a reader that came between looking and taking', () => {
    const victim = snapshots[1] as string;
    const vault = directory.open({
      faults: {
        removal: (step) => void (step === 'hide-manifest' && plan.vault.openSnapshot(plan.place, victim)),
      },
    });
    expect(vault.removeSnapshots(plan.place, [victim], freely).kept).toHaveLength(1);
    expect(namesIn(own('leases/laptop/documents'))).toHaveLength(1);
    expectWhole(true);
  });

  it('that two processes are told to do happens once', () => {
    const victim = snapshots[1] as string;
    const vault = directory.open({
      faults: {
        removal: (step) =>
          void (step === 'hide-manifest' && plan.vault.removeSnapshots(plan.place, [victim], freely)),
      },
    });
    expect(vault.removeSnapshots(plan.place, [victim], freely)).toEqual({ removed: [victim], kept: [] });
    expectWhole(false);
  });

  it('that recovery ends puts the snapshot back for a reader, too', () => {
    dieBefore('move-tree');
    const lease = own('leases/laptop/documents');
    plan.vault.openSnapshot(plan.place, snapshots[0] as string);
    const [mine] = namesIn(lease) as [string];
    writeFileSync(join(lease, mine), `${snapshots[1]}\nend`);
    plan.vault.recover();
    expectWhole(true);
  });

  it('does not wait for readers that are gone, and recovery sweeps up what they left', () => {
    const [a, b] = snapshots as [string, string];
    plan.vault.openSnapshot(plan.place, a).close();
    const leases = own('leases/laptop/documents');
    const lease = (mark: string): string => join(leases, markedName('lease').replace(processMark(), mark));
    writeFileSync(lease(DEAD), `${a}\nend`);
    writeFileSync(lease(ELSEWHERE), `${b}\nend`);
    // Being written at this moment: it may hold anything.
    const torn = lease(ELSEWHERE);
    writeFileSync(torn, b.slice(0, 5));
    expect(plan.vault.removeSnapshots(plan.place, [a], freely).kept).toHaveLength(1);
    renameSync(torn, torn.replace(ELSEWHERE, DEAD));
    expect(plan.vault.removeSnapshots(plan.place, [a, b], freely).removed).toEqual([a]);
    expect(plan.vault.recover().removedStrays).toBe(2);
    const inTwoHours = directory.open({ clock: () => new Date(Date.now() + 7_200_000) });
    expect(inTwoHours.removeSnapshots(plan.place, [b], freely).removed).toEqual([b]);
    inTwoHours.recover();
    expect(namesIn(leases)).toEqual([]);
  });

  it('keeps the newest snapshot that can still be read, and what nobody can compare', () => {
    const [a, b, c] = snapshots as [string, string, string];
    const damage = (snapshot: string): void => {
      const path = own('manifests/laptop/documents', snapshot);
      writeFileSync(path, readFileSync(path).subarray(0, 100));
    };
    damage(c);
    expect(plan.vault.removeSnapshots(plan.place, [a, b], freely)).toEqual({
      removed: [a],
      kept: [{ snapshot: b, reason: expect.stringContaining('not damaged') }],
    });
    damage(b);
    expect(plan.vault.removeSnapshots(plan.place, [b], { keepOnlyCopies: true }).kept).toEqual([
      { snapshot: b, reason: expect.stringContaining('nobody can tell') },
    ]);
    expect(plan.vault.removeSnapshots(plan.place, [b], freely).removed).toEqual([b]);
    expect(namesIn(own('receipts/laptop/documents'))).toHaveLength(1);
  });
});
