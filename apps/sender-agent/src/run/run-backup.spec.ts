import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededBytes, temporaryDirectory, type TemporaryDirectory } from '@periodic-backup/testing';
import { RecordingVault } from '../testing/recording-vault.js';
import { TestAgent } from '../testing/test-run.js';
import { TestReceiver } from '../testing/test-receiver.js';

let root: TemporaryDirectory;
let agent: TestAgent;
let vault: RecordingVault;
let receiver: TestReceiver;

beforeEach(async () => {
  root = await temporaryDirectory();
  agent = new TestAgent(root.path);
  vault = new RecordingVault();
  receiver = await TestReceiver.open(vault, agent.orderOf);
});
afterEach(async () => {
  await receiver.close();
  await root.remove();
});

describe('a run', () => {
  it('sends a tree of small and large files and brings back the receipt', async () => {
    const large = seededBytes('large', 3_500_000);
    mkdirSync(join(agent.source, 'docs'));
    writeFileSync(join(agent.source, 'docs', 'a.txt'), 'hello');
    writeFileSync(join(agent.source, 'docs', 'empty'), '');
    writeFileSync(join(agent.source, 'large.bin'), large);
    symlinkSync('docs/a.txt', join(agent.source, 'link'));
    const end = await agent.run(agent.order(), receiver.offer);
    expect(end.error).toBeNull();
    expect(end.receipt?.counts.files).toBe(3);
    expect(vault.entries.map(({ path }) => path.toString())).toEqual([
      ...['', 'docs', 'docs/a.txt', 'docs/empty', 'large.bin', 'link'],
    ]);
    expect(vault.files.get('docs/a.txt')?.content.toString()).toBe('hello');
    expect(vault.files.get('large.bin')?.content.equals(large)).toBe(true);
    expect(end.counts).toMatchObject({ entries: 6, files: 3, bytesRead: 3_500_005, filesFailed: 0 });
  });

  it('moves nothing for a receipt that the key of its vault has not signed', async () => {
    writeFileSync(join(agent.source, 'a'), 'one');
    const order = agent.order({ afterTransmit: 'move', backupDir: agent.backup });
    const { publicKey } = generateKeyPairSync('ed25519');
    const vaultKey = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    const end = await agent.runJob({ ...agent.job(order, receiver.offer), vaultKey });
    expect(end).toMatchObject({ receipt: null, error: { message: expect.stringMatching(/vault's key/) } });
    expect(readFileSync(join(agent.source, 'a'), 'utf8')).toBe('one');
  });

  it('sends nothing of what the vault has already', async () => {
    writeFileSync(join(agent.source, 'a'), 'one');
    await agent.run(agent.order(), receiver.offer);
    const end = await agent.run(agent.order(), receiver.offer);
    expect(end.error).toBeNull();
    expect(vault.wants).toEqual([]);
    expect(end.counts.bytesRead).toBe(0);
    expect(vault.files.get('a')?.content.toString()).toBe('one');
  });
});
