import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { receiptIsGenuine } from '@periodic-backup/contracts';
import { encodeKeepalive } from '@periodic-backup/protocol';
import { until } from '@periodic-backup/testing';
import { createPublicKey, randomUUID } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiverFixture, placeOf, type TestReceiver } from './support/receiver-fixture.js';
import { RunEvents } from './support/run-events.js';
import { treeOf, type SourceTree } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';

let fixture: ReceiverFixture;
let receiver: TestReceiver;
let events: RunEvents;

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
  receiver = await fixture.receiver();
  events = new RunEvents(fixture.redis.url);
});
afterAll(async () => {
  await events.close();
  await fixture.close();
});

test('keeps a backup as plain files and answers with a genuine receipt', async () => {
  const tree: SourceTree = new Map([...treeOf(50, 3_000), ['large', Buffer.alloc(3_000_000, 'large')]]);
  const planId = randomUUID();
  const { receipt } = await TestClient.backUp(receiver.port, fixture.ticket({ planId }), tree);

  if (!receipt) throw new Error('no receipt');
  expect(receiptIsGenuine(receipt, createPublicKey(fixture.vault.identity.publicKey))).toBe(true);
  expect(receipt.counts).toMatchObject({ entries: 53, files: 51, storedFiles: 51, problems: 0 });
  const folder = join(fixture.targetDir, 'agent', `plan-${planId.slice(0, 8)}`, receipt.snapshot);
  for (const [path, content] of tree)
    if (content) expect(readFileSync(join(folder, path)).equals(content)).toBe(true);
});

test('asks only for what changed since the snapshot before', async () => {
  const planId = randomUUID();
  await TestClient.backUp(receiver.port, fixture.ticket({ planId }), treeOf(20, 2_000));
  const changed: SourceTree = new Map([...treeOf(20, 2_000), ['d/f000003', Buffer.from('other')]]);
  const second = await TestClient.backUp(receiver.port, fixture.ticket({ planId }), changed);

  expect(second.wants).toHaveLength(1);
  expect(second.receipt?.counts).toMatchObject({ linkedFiles: 19, storedFiles: 1 });
});

test('answers a repeated run with the same receipt and takes nothing', async () => {
  const again = { planId: randomUUID(), runId: randomUUID() };
  const first = await TestClient.backUp(receiver.port, fixture.ticket(again), treeOf(5, 100));
  const second = await TestClient.backUp(receiver.port, fixture.ticket(again), treeOf(5, 100));

  expect(second.receipt).toEqual(first.receipt);
  expect(second.welcome?.receipt).toEqual(first.receipt);
  expect(readdirSync(join(fixture.targetDir, '.vault', 'staging'))).toEqual([]);
});

test('tells the scheduler of each receipt, and again at the next start', async () => {
  const planId = randomUUID();
  const { receipt } = await TestClient.backUp(receiver.port, fixture.ticket({ planId }), treeOf(3, 10));
  const runId = String(receipt?.runId);
  const [told] = await until(async () => {
    const receipts = await events.receiptsOf(runId);
    return receipts.length === 1 && receipts;
  });
  const place = placeOf(planId);
  expect(told).toEqual({ type: 'receipt', receipt, place, at: expect.any(String) });

  await fixture.receiver();
  const again = await until(async () => (await events.receiptsOf(runId))[1]);
  expect(again).toEqual({ type: 'receipt', receipt, place, at: expect.any(String) });
});

test('keeps a peer awake that waits', async () => {
  const client = new TestClient(receiver.port, fixture.ticket());
  await client.welcomed();
  let last: Buffer = Buffer.alloc(0);
  client.socket.on('data', (chunk: Buffer) => (last = chunk));
  await client.until(() => last.equals(encodeKeepalive()), 'KEEPALIVE');
  client.close();
});

test('counts sessions, bytes and commits', async () => {
  await TestClient.backUp(receiver.port, fixture.ticket(), treeOf(1, 10));
  const metrics = await until(
    async () => {
      const text = await receiver.parts.registry.metrics();
      return /pbk_sessions_total\{outcome="committed",service="receiver"\} [1-9]/.test(text) && text;
    },
    { what: 'a session that ended' },
  );
  for (const name of ['pbk_received_bytes_total', 'pbk_commits_total', 'pbk_commit_seconds_count'])
    expect(metrics).toMatch(new RegExp(`${name}\\{.*\\} [1-9]`));
  expect(metrics).toMatch(/pbk_vault_free_bytes\{.*\} [1-9]/);
  expect(metrics).toMatch(/pbk_recovery_finished_commits\{.*\} 0/);
});
