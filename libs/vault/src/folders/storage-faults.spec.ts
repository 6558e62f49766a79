import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  canMount,
  fileError,
  mountMemory,
  mountOnItself,
  remountReadOnly,
  unmount,
} from '../../test/mounted-directory.js';
import { vaultDirectory, type VaultDirectory } from '../../test/vault-directory.js';
import { errorCode } from '../storage-errors.js';
import { driveSession } from '../testing/drive-session.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';
import { runVerify } from '../testing/run-verify.js';
import type { CommitStep } from './commit-steps.js';
import { FoldersVault } from './folders-vault.js';
import type { TreeCall } from './tree.js';

/** With the right to mount, faults are those of real file systems; without it the same errors are injected. */
const REAL = canMount();
const MIB = 1 << 20;
const full = expect.objectContaining({ code: 'STORAGE_FULL', name: 'StorageFullError', retryable: true });
const failed = expect.objectContaining({
  code: 'STORAGE_FAILED',
  name: 'StorageFailedError',
  retryable: true,
});

let directory: VaultDirectory;
let plan: PlanInVault;
const source = new MemorySource().file('a', 'x').file('b', Buffer.alloc(300_000, 1)).hardLink('c', 'a');

beforeEach(() => {
  directory = vaultDirectory();
  plan = new PlanInVault(directory.open());
});
afterEach(() => directory.remove());

function failingAt(call: TreeCall, code: string): FoldersVault {
  return directory.open({
    faults: {
      file: (reached) => {
        if (reached === call) throw fileError(code);
      },
    },
  });
}

describe('without room', () => {
  let parent: string;
  let small: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'pbk-small-'));
    small = join(parent, 'disk');
  });
  afterEach(() => {
    if (REAL) unmount(small);
    rmSync(parent, { recursive: true, force: true });
  });

  function smallVault(): FoldersVault {
    if (REAL) mountMemory(small, 4 * MIB);
    let room = 3 * MIB;
    const spend = (call: TreeCall): void => {
      if (call === 'write' && !REAL && (room -= 100_000) < 0) throw fileError('ENOSPC');
    };
    return FoldersVault.open({ targetDir: join(small, 'vault'), name: 'small', faults: { file: spend } });
  }

  it.each([
    ['many small files', 60_000, 100],
    ['one large file', 6 * MIB, 1],
  ])('a session with %s ends with STORAGE_FULL and harms no snapshot', async (_what, sizeBytes, count) => {
    plan.vault = smallVault();
    const first = await plan.backUp(source);
    const big = new MemorySource();
    for (let i = 0; i < count; i++) big.file(`f${i}`, Buffer.alloc(sizeBytes, i));
    const sink = plan.begin();
    expect(() => driveSession(sink, big)).toThrow(full);
    sink.release();
    expect(plan.vault.listSnapshots(plan.place)).toHaveLength(1);
    expect(Object.keys(plan.contents(first.receipt.snapshot))).toEqual(['a', 'b']);
    const smaller = await plan.backUp(source);
    expect(smaller.receipt.counts.linkedFiles).toBe(2);
  });
});

it.each(['ENOSPC', 'EDQUOT'])('%s is STORAGE_FULL, with its cause', (code) => {
  const sink = failingAt('write', code).append(plan.request());
  expect(() => driveSession(sink, source)).toThrow(full);
  expect(() => driveSession(sink, source)).toThrow(
    expect.objectContaining({ cause: expect.objectContaining({ code }) }),
  );
  sink.release();
});

it.each<[TreeCall, string]>([
  ['write', 'EIO'],
  ['create', 'EROFS'],
  ['mkdir', 'EACCES'],
])('a %s that fails with %s is STORAGE_FAILED', (call, code) => {
  const sink = failingAt(call, code).append(plan.request());
  expect(() => driveSession(sink, new MemorySource().directory('d').file('d/f', 'x'))).toThrow(failed);
  sink.release();
});

it.each<CommitStep>(['flush', 'flush-plan', 'place-tree', 'place-manifest', 'flush-manifests'])(
  'a commit whose step %s fails gives no receipt, and a later session completes',
  async (step) => {
    const vault = directory.open({
      faults: {
        commit: (reached) => {
          if (reached === step) throw fileError('EIO');
        },
      },
    });
    const sink = vault.append(plan.request());
    driveSession(sink, source);
    await expect(sink.commit()).rejects.toThrow(failed);
    sink.release();
    const { receipt } = await plan.backUp(source);
    expect(Object.keys(plan.contents(receipt.snapshot))).toEqual(['a', 'b']);
    const folders = readdirSync(join(directory.path, 'laptop/documents')).filter((name) => name !== 'latest');
    expect(folders.sort()).toEqual(plan.vault.listSnapshots(plan.place).map(({ snapshot }) => snapshot));
  },
);

it.each<CommitStep>(['store-receipt', 'point-latest', 'remove-staging'])(
  'a commit is good even if its step %s fails; recovery makes up for it',
  async (step) => {
    const vault = directory.open({
      faults: {
        commit: (reached) => {
          if (reached === step) throw fileError('EIO');
        },
      },
    });
    const request = plan.request();
    const sink = vault.append(request);
    driveSession(sink, source);
    const receipt = await sink.commit();
    sink.release();
    expect(directory.open().findReceipt(plan.place, request.runId)).toEqual(receipt);
    directory.open().recover();
    expect(readdirSync(join(directory.path, '.vault/staging'))).toEqual([]);
    expect(readdirSync(join(directory.path, 'laptop/documents'))).toContain('latest');
  },
);

it('says so when the target cannot be written any more', () => {
  const parent = mkdtempSync(join(tmpdir(), 'pbk-ro-'));
  const readOnly = join(parent, 'disk');
  if (REAL) mountMemory(readOnly, MIB);
  const vault = FoldersVault.open({ targetDir: readOnly, name: 'read-only' });
  if (REAL) remountReadOnly(readOnly);
  else rmSync(readOnly, { recursive: true });
  expect(() => vault.probe()).toThrow(failed);
  expect(() => vault.append(plan.request())).toThrow(failed);
  if (REAL) unmount(readOnly);
  rmSync(parent, { recursive: true, force: true });
});

it('opens, reads and verifies a vault on a disk that can only be read', async () => {
  if (!REAL) return;
  const parent = mkdtempSync(join(tmpdir(), 'pbk-ro-'));
  const readOnly = join(parent, 'disk');
  mountMemory(readOnly, 4 * MIB);
  try {
    plan.vault = FoldersVault.open({ targetDir: readOnly, name: 'read-only' });
    const { snapshot } = (await plan.backUp(source)).receipt;
    writeFileSync(join(readOnly, 'laptop/documents', snapshot, 'a'), 'y');
    remountReadOnly(readOnly);
    plan.vault = FoldersVault.open({ targetDir: readOnly, name: 'read-only' });
    expect(plan.read(snapshot, 'b')).toHaveLength(300_000);
    expect(runVerify(plan.vault, plan.place, [snapshot]).damages).toMatchObject([
      { path: 'a' },
      { path: 'c' },
    ]);
    expect(() => plan.vault.removeSnapshots(plan.place, [snapshot], { keepOnlyCopies: false })).not.toThrow();
  } finally {
    unmount(readOnly);
    rmSync(parent, { recursive: true, force: true });
  }
});

describe('where a link is not possible the vault copies and counts', () => {
  it('at the link limit', async () => {
    // Not in memory: there links have no limit.
    await directory.remove();
    directory = vaultDirectory(tmpdir());
    plan.vault = directory.open();
    const one = new MemorySource().file('a', 'x');
    const { receipt } = await plan.backUp(one);
    const stored = join(directory.path, 'laptop/documents', receipt.snapshot, 'a');
    if (!linkUpToTheLimit(stored)) plan.vault = failingAt('link', 'EMLINK');
    const second = await plan.backUp(one);
    expect(second.wanted).toEqual([]);
    expect(second.receipt.counts).toMatchObject({ linkedFiles: 0, copiedFiles: 1, storedFiles: 0 });
    const copy = statSync(join(directory.path, 'laptop/documents', second.receipt.snapshot, 'a'));
    expect(copy.ino).not.toBe(statSync(stored).ino);
    expect(plan.read(second.receipt.snapshot, 'a').toString()).toBe('x');
  });

  it('across a mount', async () => {
    const one = new MemorySource().file('a', 'x');
    const { receipt } = await plan.backUp(one);
    const folder = join(directory.path, 'laptop/documents', receipt.snapshot);
    if (REAL) mountOnItself(folder);
    else plan.vault = failingAt('link', 'EXDEV');
    try {
      expect((await plan.backUp(one)).receipt.counts).toMatchObject({ linkedFiles: 0, copiedFiles: 1 });
    } finally {
      if (REAL) unmount(folder);
    }
  });

  it('on a file system without links, also for hard links within the snapshot', async () => {
    plan.vault = failingAt('link', 'EPERM');
    const { receipt } = await plan.backUp(source);
    expect(receipt.counts).toMatchObject({ storedFiles: 2, copiedFiles: 1 });
    expect(statSync(join(directory.path, 'laptop/documents/latest/c')).size).toBe(1);
  });

  it('but wants the content of a file that is no longer what the manifest says', async () => {
    const one = new MemorySource().file('a', 'x');
    const { receipt } = await plan.backUp(one);
    writeFileSync(join(directory.path, 'laptop/documents', receipt.snapshot, 'a'), 'y');
    plan.vault = failingAt('link', 'EXDEV');
    const second = await plan.backUp(one);
    expect(second.wanted.map(({ path }) => path)).toEqual(['a']);
    expect(plan.read(second.receipt.snapshot, 'a').toString()).toBe('x');
  });
});

/** False if this file system has no limit within reach. */
function linkUpToTheLimit(path: string): boolean {
  const names = join(directory.path, 'names');
  mkdirSync(names);
  try {
    for (let i = 0; i < 70_000; i++) linkSync(path, join(names, String(i)));
    return false;
  } catch (error) {
    if (errorCode(error) === 'EMLINK') return true;
    throw error;
  }
}
