import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vaultDirectory, type VaultDirectory } from '../../test/vault-directory.js';
import { driveSession } from '../testing/drive-session.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';
import type { AppendRequest } from '../vault.js';
import { markedName, processMark } from './process-mark.js';
import type { CommitStep } from './commit-steps.js';

const STEPS: readonly CommitStep[] = [
  'flush',
  'place-tree',
  'flush-plan',
  'place-manifest',
  'flush-manifests',
  'store-receipt',
  'point-latest',
  'remove-staging',
];
const EXISTS_FROM: CommitStep = 'flush-manifests';

let directory: VaultDirectory;
let plan: PlanInVault;
const source = new MemorySource()
  .directory('d')
  .file('d/a', '1')
  .hardLink('d/b', 'd/a')
  .symlink('d/c', 'a')
  .file('e', '1');
const later = new MemorySource()
  .directory('d')
  .file('d/a', '2', { ctimeNs: 3n })
  .file('d/c', '2')
  .directory('e');

beforeEach(() => {
  directory = vaultDirectory();
  plan = new PlanInVault(directory.open());
});
afterEach(() => directory.remove());

/** A process that dies before a step of its commit. */
async function dieBefore(step: CommitStep): Promise<AppendRequest> {
  const request = plan.request();
  const dying = directory.open({
    faults: {
      commit: (reached) => {
        if (reached === step) throw new Error('died');
      },
    },
  });
  const sink = dying.append(request);
  driveSession(sink, source);
  await expect(sink.commit()).rejects.toThrow('died');
  sink.release();
  return request;
}

/** Folders and manifests agree, and the newest is what `latest` shows. */
function expectWhole(): string[] {
  const folder = join(directory.path, 'laptop/documents');
  const manifests = join(directory.path, '.vault/manifests/laptop/documents');
  const snapshots = existsSync(manifests) ? readdirSync(manifests).sort() : [];
  const folders = existsSync(folder) ? readdirSync(folder).sort() : [];
  expect(folders).toEqual(snapshots.length === 0 ? [] : [...snapshots, 'latest']);
  if (snapshots.length > 0) expect(readlinkSync(join(folder, 'latest'))).toBe(snapshots.at(-1));
  return snapshots;
}

describe.each(STEPS)('after a death before the step %s', (step) => {
  const exists = STEPS.indexOf(step) >= STEPS.indexOf(EXISTS_FROM);

  it(exists ? 'recovery finishes the commit' : 'recovery undoes it and keeps what is staged', async () => {
    const { runId } = await dieBefore(step);
    const report = directory.open().recover();
    const isOut = !exists && STEPS.indexOf(step) > STEPS.indexOf('place-tree');
    expect(report).toMatchObject({
      finishedCommits: exists ? 1 : 0,
      undoneCommits: isOut ? 1 : 0,
      resumableStagings: exists ? 0 : 1,
    });
    expect(expectWhole()).toHaveLength(exists ? 1 : 0);
    expect(plan.vault.findReceipt(plan.place, runId)?.runId).toBe(exists ? runId : undefined);
    expect(directory.open().recover()).toMatchObject({
      finishedCommits: 0,
      undoneCommits: 0,
      removedStrays: 0,
    });
    const { receipt, wanted } = await plan.backUp(source);
    expect(wanted).toEqual([]);
    expect(expectWhole()).toHaveLength(exists ? 2 : 1);
    expect(plan.contents(receipt.snapshot)).toEqual({ 'd/a': '1', e: '1' });
    expect(readdirSync(join(directory.path, '.vault/staging'))).toEqual([]);
  });

  it('the next session goes on without any recovery, whatever it brings', async () => {
    await dieBefore(step);
    const { receipt } = await plan.backUp(later);
    expect(expectWhole()).toHaveLength(exists ? 2 : 1);
    expect(plan.contents(receipt.snapshot)).toEqual({ 'd/a': '2', 'd/c': '2' });
    expect(readdirSync(join(directory.path, 'laptop/documents/latest/d')).sort()).toEqual(['a', 'c']);
  });

  it('the run that died finds its receipt, or can be repeated', async () => {
    const request = await dieBefore(step);
    const found = directory.open().findReceipt(plan.place, request.runId);
    if (exists)
      expect(plan.vault.listSnapshots(plan.place)).toEqual([{ snapshot: found?.snapshot, receipt: found }]);
    else expect((await plan.backUp(source, { changes: request })).receipt.runId).toBe(request.runId);
  });
});

describe('recovery', () => {
  const elsewhere = '00000000-0000000000000000';

  it('does not touch a commit that is under way in a process that lives', async () => {
    const vault = directory.open({
      faults: {
        commit: () =>
          expect(directory.open().recover()).toMatchObject({ finishedCommits: 0, undoneCommits: 0 }),
      },
    });
    plan.vault = vault;
    await expect(plan.backUp(source)).resolves.toMatchObject({ complete: true });
    expectWhole();
  });

  it('leaves folders alone that nothing vouches for', async () => {
    await plan.backUp(source);
    const folder = join(directory.path, 'laptop/documents/2020-01-01T000000Z');
    mkdirSync(folder);
    expect(plan.vault.recover().unknownFolders).toBe(1);
    expect(existsSync(folder)).toBe(true);
  });

  it('removes temporary files of dead processes and keeps those of living ones', async () => {
    await plan.backUp(source);
    const own = join(directory.path, '.vault', markedName('tmp'));
    const foreign = join(directory.path, '.vault', `.tmp-${elsewhere}.1.1-abcdef`);
    const died = join(
      directory.path,
      'laptop/documents',
      `.tmp-${processMark().replace(/\.\d+\.\d+$/, '.1.999999999999')}-abcdef`,
    );
    for (const path of [own, foreign, died]) writeFileSync(path, '');
    expect(plan.vault.recover().removedStrays).toBe(1);
    expect([existsSync(own), existsSync(foreign), existsSync(died)]).toEqual([true, true, false]);
    const inAnHour = directory.open({ clock: () => new Date(Date.now() + 3_600_000) });
    expect(inAnHour.recover().removedStrays).toBe(1);
    expect(existsSync(foreign)).toBe(false);
  });

  it('brings back a receipt and a latest that are lost, the same as they were', async () => {
    const { receipt } = await plan.backUp(source);
    rmSync(join(directory.path, '.vault/receipts'), { recursive: true });
    rmSync(join(directory.path, 'laptop/documents/latest'));
    expect(directory.open().recover().finishedCommits).toBe(1);
    expectWhole();
    expect(plan.vault.findReceipt(plan.place, receipt.runId)).toEqual(receipt);
  });
});
