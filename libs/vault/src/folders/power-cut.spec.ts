import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PowerCutDisk } from '../../test/power.js';
import { driveSession } from '../testing/drive-session.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';
import { seededContent } from '../testing/seeded-content.js';
import { FoldersVault } from './folders-vault.js';

const DISK_BYTES = 32 << 20;

let folder: string;
let disk: PowerCutDisk | null;
const open = (directory: string): FoldersVault =>
  FoldersVault.open({ targetDir: join(directory, 'vault'), name: 'cut' });

function files(version: string): MemorySource {
  const ctimeNs = BigInt(version.length);
  const source = new MemorySource()
    .directory('d')
    .file('large', seededContent(version, 900_000), { ctimeNs });
  for (let i = 100; i < 160; i++) source.file(`d/f${i}`, seededContent(`${version} ${i}`, 5000), { ctimeNs });
  return source;
}

/** Power comes back; the processes that were at work are gone. */
function restart(directory: string): FoldersVault {
  disk?.restore();
  const staging = join(directory, 'vault/.vault/staging');
  for (const plan of readdirSync(staging))
    for (const session of readdirSync(join(staging, plan)))
      rmSync(join(staging, plan, session, 'owner'), { force: true });
  return open(directory);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pbk-power-'));
  disk = PowerCutDisk.make(join(folder, 'image'), join(folder, 'disk'), DISK_BYTES);
});
afterEach(() => {
  disk?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** On machines where power cannot be cut these tests have nothing to judge; they say so. */
function powerIsHere(): boolean {
  if (disk === null) process.stderr.write('NOT RUN: power cuts need root, loop devices, ext4 and perl.\n');
  return disk !== null;
}

it('an acknowledged snapshot survives a power cut the instant after its receipt', async () => {
  if (!powerIsHere() || disk === null) return;
  const plan = new PlanInVault(open(disk.directory));
  const { receipt } = await plan.backUp(files('first'));
  disk.cut();
  plan.vault = restart(disk.directory);
  plan.vault.recover();
  expect(plan.vault.findReceipt(plan.place, receipt.runId)).toEqual(receipt);
  const shown = join(disk.directory, 'vault/laptop/documents/latest');
  for (const { path, kind } of files('first').entries())
    if (kind === 'file')
      expect(readFileSync(join(shown, path.toString())).equals(files('first').content(path))).toBe(true);
  expect(plan.entryList(receipt.snapshot)).toHaveLength(63);
});

it.each(['place-tree', 'flush-manifests'] as const)(
  'a power cut before the step %s of a commit leaves a whole snapshot or none, and the older one as it was',
  async (step) => {
    if (!powerIsHere() || disk === null) return;
    const { directory } = disk;
    const plan = new PlanInVault(open(directory));
    const first = await plan.backUp(files('first'));
    const cut = (): void => disk?.cut();
    const dying = FoldersVault.open({
      targetDir: join(directory, 'vault'),
      name: 'cut',
      faults: { commit: (reached) => void (reached === step && cut()) },
    });
    const sink = dying.append(plan.request());
    driveSession(sink, files('second!'));
    await sink.commit().catch(() => undefined);
    sink.release();
    plan.vault = restart(directory);
    plan.vault.recover();
    const { snapshot } = (await plan.backUp(files('second!'))).receipt;
    expect(digests(plan.contents(snapshot))).toEqual(digestsOf(files('second!')));
    expect(digests(plan.contents(first.receipt.snapshot))).toEqual(digestsOf(files('first')));
    const folders = readdirSync(join(directory, 'vault/laptop/documents')).filter(
      (name) => name !== 'latest',
    );
    expect(folders.sort()).toEqual(plan.vault.listSnapshots(plan.place).map((one) => one.snapshot));
  },
);

it.each([
  ['the folder', 'place-manifest', 'vault/laptop/documents'],
  ['the manifest', 'store-receipt', 'vault/.vault/manifests/laptop/documents'],
] as const)(
  '%s keeps its final name in a power cut once the commit goes on to %s',
  async (_what, step, folder) => {
    if (!powerIsHere() || disk === null) return;
    const { directory } = disk;
    const vault = FoldersVault.open({
      targetDir: join(directory, 'vault'),
      name: 'cut',
      faults: { commit: (reached) => void (reached === step && disk?.cut()) },
    });
    const sink = new PlanInVault(vault).begin();
    driveSession(sink, new MemorySource().file('f', 'x'));
    await sink.commit().catch(() => undefined);
    sink.release();
    disk.restore();
    expect(readdirSync(join(directory, folder))).toHaveLength(1);
  },
);

function digestsOf(source: MemorySource): Record<string, string> {
  const entries = source.entries().filter(({ kind }) => kind === 'file');
  return digests(
    Object.fromEntries(entries.map(({ path }) => [path.toString(), source.content(path).toString('latin1')])),
  );
}

function digests(contents: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(contents).map(([path, content]) => [path, hash('sha256', content, 'hex')]),
  );
}
