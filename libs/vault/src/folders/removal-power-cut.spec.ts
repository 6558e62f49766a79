import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handOver } from '../../test/dead-process.js';
import { PowerCutDisk } from '../../test/power.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';
import { runVerify } from '../testing/run-verify.js';
import { seededContent } from '../testing/seeded-content.js';
import { FoldersVault, type FoldersVaultOptions } from './folders-vault.js';
import type { RemovalStep } from './snapshot-removal.js';

const DISK_BYTES = 32 << 20;
/** Until the manifest's new name is flushed, the snapshot may come back; then no more. */
const STEPS: readonly [RemovalStep, 'there or gone' | 'gone'][] = [
  ['flush-hidden', 'there or gone'],
  ['move-tree', 'gone'],
  ['delete-tree', 'gone'],
  ['remove-receipt', 'gone'],
  ['remove-marker', 'gone'],
];

let folder: string;
let disk: PowerCutDisk | null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pbk-power-'));
  disk = PowerCutDisk.make(join(folder, 'image'), join(folder, 'disk'), DISK_BYTES);
});
afterEach(() => {
  disk?.remove();
  rmSync(folder, { recursive: true, force: true });
});

it.each(STEPS)(
  'after a power cut before the step %s of a removal the snapshot is wholly %s',
  async (step, how) => {
    if (disk === null) {
      process.stderr.write('NOT RUN: power cuts need root, loop devices, ext4 and perl.\n');
      return;
    }
    const target = join(disk.directory, 'vault');
    const open = (faults: FoldersVaultOptions['faults'] = {}): FoldersVault =>
      FoldersVault.open({ targetDir: target, name: 'cut', faults });
    const plan = new PlanInVault(open());
    const source = new MemorySource().directory('d').file('d/large', seededContent('large', 900_000));
    for (let i = 100; i < 160; i++) source.file(`d/f${i}`, seededContent(`${i}`, 5000));
    const names: string[] = [];
    for (let i = 0; i < 3; i++)
      names.push((await plan.backUp(source.file('own', `${i}`, { ctimeNs: BigInt(i) }))).receipt.snapshot);
    const [first, victim, newest] = names as [string, string, string];
    const dying = open({ removal: (reached) => void (reached === step && disk?.cut()) });
    const report = dying.removeSnapshots(plan.place, [victim], { keepOnlyCopies: false });
    expect(report.removed).toEqual([]);

    disk.restore();
    handOver([join(target, '.vault/removing/laptop/documents'), join(target, '.vault/staging')]);
    plan.vault = open();
    plan.vault.recover();
    const left = plan.vault.listSnapshots(plan.place).map(({ snapshot }) => snapshot);
    if (how === 'gone') expect(left).not.toContain(victim);
    expect(left.filter((name) => name !== victim)).toEqual([first, newest]);
    expect(readdirSync(join(target, 'laptop/documents')).filter((name) => name !== 'latest')).toEqual(left);
    expect(runVerify(plan.vault, plan.place, left).damages).toEqual([]);
    expect(plan.vault.recover()).toMatchObject({ finishedRemovals: 0, removedStrays: 0, unknownFolders: 0 });
  },
);
