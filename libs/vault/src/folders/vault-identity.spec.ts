import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { vaultDirectory, type VaultDirectory } from '../../test/vault-directory.js';
import { MemorySource } from '../testing/memory-source.js';
import { PlanInVault } from '../testing/plan-in-vault.js';
import { publishOnce } from './durable-files.js';
import { FoldersVault } from './folders-vault.js';

let directory: VaultDirectory;
const own = (...names: string[]): string => join(directory.path, '.vault', ...names);
beforeEach(() => {
  directory = vaultDirectory();
});
afterEach(() => directory.remove());

it('is made once and found again, its key readable by the owner alone', () => {
  const { identity } = directory.open({ name: 'attic' });
  expect(identity).toMatchObject({ name: 'attic', layout: 'folders', formatVersion: 1, digest: 'blake3' });
  expect(directory.open({ name: 'another name' }).identity).toEqual(identity);
  expect(statSync(own('receipt-key.pem')).mode & 0o777).toBe(0o600);
  expect(statSync(own()).mode & 0o777).toBe(0o700);
  expect(readdirSync(own()).sort()).toEqual([
    'manifests',
    'receipt-key.pem',
    'receipts',
    'staging',
    'vault.json',
  ]);
});

it('is completed if the process that made it died between key and identity', () => {
  const key = readAfterOpening('receipt-key.pem');
  rmSync(own('vault.json'));
  const { identity } = directory.open();
  expect(readFileSync(own('receipt-key.pem'), 'utf8')).toBe(key);
  expect(directory.open().identity).toEqual(identity);
});

it('stays as the first of several at once made it', async () => {
  const path = own('shared');
  directory.open();
  const threads = Array.from({ length: 4 }, (_, i) => {
    const worker = new Worker(
      `const { linkSync, writeFileSync } = require('node:fs');
       const { parentPort, workerData: { path, i } } = require('node:worker_threads');
       writeFileSync(path + i, String(i));
       try { linkSync(path + i, path); parentPort.postMessage('first'); } catch { parentPort.postMessage('later'); }`,
      { eval: true, workerData: { path, i } },
    );
    return new Promise((resolve) => worker.once('message', resolve));
  });
  const ours = publishOnce(path, 'ours', 0o600);
  const firsts = (await Promise.all(threads)).filter((answer) => answer === 'first').length + (ours ? 1 : 0);
  expect(firsts).toBe(1);
  const content = readFileSync(path, 'utf8');
  expect(publishOnce(path, 'later', 0o600)).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe(content);
});

it.each<[string, (file: (name: string) => string) => void, RegExp]>([
  ['lacks its key', (file) => rmSync(file('receipt-key.pem')), /key .* is missing/],
  [
    'is of a version unknown here',
    (file) => rewrite(file('vault.json'), '"formatVersion": 1', '"formatVersion": 2'),
    /version/,
  ],
  ['is cut short', (file) => writeFileSync(file('vault.json'), '{"id":'), /damaged/],
  ['has the key of another', (file) => rewrite(file('vault.json'), 'MCowBQ', 'MCowBR'), /not the key/],
])('a vault that %s is not opened', (_what, damage, message) => {
  directory.open();
  damage((name) => own(name));
  expect(() => directory.open()).toThrow(
    expect.objectContaining({ code: 'STORAGE_FAILED', message: expect.stringMatching(message) }),
  );
});

function readAfterOpening(name: string): string {
  directory.open();
  return readFileSync(own(name), 'utf8');
}

function rewrite(path: string, from: string, to: string): void {
  writeFileSync(path, readFileSync(path, 'utf8').replace(from, to));
}

it('is read even if its key is lost, and never made by reading', async () => {
  expect(() => FoldersVault.openToRead(directory.path)).toThrow('There is no vault');
  const plan = new PlanInVault(directory.open());
  const { receipt } = await plan.backUp(new MemorySource().file('a', 'alpha'));
  rmSync(own('receipt-key.pem'));
  expect(() => directory.open()).toThrow('key');
  const reading = FoldersVault.openToRead(directory.path).openSnapshot(plan.place, receipt.snapshot);
  try {
    expect(reading.receipt).toEqual(receipt);
    const entry = reading.find(Buffer.from('a'));
    const content = Buffer.alloc(5);
    expect(entry && reading.read(entry, content, 0)).toBe(5);
    expect(content.toString()).toBe('alpha');
  } finally {
    reading.close();
  }
});
