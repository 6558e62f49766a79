import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ChaosProxy, freePort, until } from '@periodic-backup/testing';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ReceiverFixture } from './support/receiver-fixture.js';
import { treeOf, type SourceTree } from './support/source-tree.js';
import { TestClient } from './support/test-client.js';

const MIB = 1024 * 1024;
const OVERHEAD_BYTES = 64 * 1024;

let fixture: ReceiverFixture;
let proxy: ChaosProxy | undefined;

beforeAll(async () => {
  fixture = await ReceiverFixture.open();
});
afterAll(async () => {
  await proxy?.close();
  await fixture.close();
});

test('a second receiver of the vault continues what the first has staged', async () => {
  const tree: SourceTree = new Map([...treeOf(40, 50_000), ['large', Buffer.alloc(24 * MIB, 'large')]]);
  const totalBytes = contentBytes(tree);
  const planId = randomUUID();
  const first = await fixture.receiver();
  proxy = await ChaosProxy.open(first.port, { disconnectAfterBytes: 20 * MIB });
  await expect(TestClient.backUp(proxy.port, fixture.ticket({ planId }), tree)).rejects.toMatchObject({
    code: 'CONNECTION_LOST',
  });
  await until(() => first.parts.desk.activeSessions === 0);
  const stagedBytes = bytesBelow(join(fixture.targetDir, '.vault', 'staging'));
  expect(stagedBytes).toBeGreaterThan(5 * MIB);

  const second = await fixture.receiver();
  const client = await TestClient.backUp(second.port, fixture.ticket({ planId }), tree);
  expect(client.session.bytesSent).toBeLessThan(totalBytes - stagedBytes + OVERHEAD_BYTES);
  const folder = join(
    fixture.targetDir,
    'agent',
    `plan-${planId.slice(0, 8)}`,
    String(client.receipt?.snapshot),
  );
  for (const [path, content] of tree)
    if (content) expect(readFileSync(join(folder, path)).equals(content)).toBe(true);
});

test('a receiver that is killed while it lags costs no more than the window', async () => {
  const tree: SourceTree = new Map([...treeOf(2000, 10_000), ['large', Buffer.alloc(24 * MIB, 'large')]]);
  const planId = randomUUID();
  const port = await freePort();
  const doomed = fixture.process({ RECEIVER_PORT: String(port), CONTENT_WINDOW_KIB: '512' });
  await once(doomed, 'message');
  const client = new TestClient(port, fixture.ticket({ planId }));
  await client.welcomed();
  const lost = expect(client.send(tree)).rejects.toMatchObject({ code: 'CONNECTION_LOST' });
  await until(() => client.session.bytesSent > 12 * MIB, { what: 'some of it to be on its way' });
  // It lags as far as it can: nothing is read any more, the client goes on while it may.
  doomed.kill('SIGSTOP');
  await until(() => client.waitsForRoom, { what: 'the window to be used up' });
  doomed.kill('SIGKILL');
  await lost;

  const second = await fixture.receiver();
  const again = await TestClient.backUp(second.port, fixture.ticket({ planId }), tree);
  const windowBytes = 512 * 1024 + client.session.bytesSent / 16;
  expect(client.session.bytesSent + again.session.bytesSent).toBeLessThan(
    contentBytes(tree) + windowBytes + 8 * OVERHEAD_BYTES,
  );
});

test('a worker that dies ends its session only, and the next session resumes', async () => {
  const receiver = await fixture.receiver();
  const tree: SourceTree = new Map([...treeOf(1, 10), ['large', Buffer.alloc(8 * MIB, 'x')]]);
  const planId = randomUUID();
  const honest = new TestClient(receiver.port, fixture.ticket());
  await honest.welcomed();
  const honestWorker = receiver.parts.pool.workers.find((worker) => worker.busyWithSessions);
  const doomed = new TestClient(receiver.port, fixture.ticket({ planId }));
  await doomed.welcomed();
  await doomed.send(tree);
  const worker = receiver.parts.pool.workers.find((busy) => busy.busyWithSessions && busy !== honestWorker);
  await worker?.terminate();
  expect(await doomed.failed()).toMatchObject({ code: 'INTERNAL', retryable: true });

  await honest.send(treeOf(3, 10));
  honest.session.commit({ entries: 5, problems: 0 });
  await honest.until(() => honest.receipt !== null, 'the receipt of the other session');
  const again = await TestClient.backUp(receiver.port, fixture.ticket({ planId }), tree);
  expect(again.receipt?.counts.files).toBe(2);
});

test('an agent whose connection broke during the commit finds the receipt', async () => {
  const receiver = await fixture.receiver({ MAX_CLIENTS: '2' });
  // Two workers are warm afterwards: the newer attempt is not late by itself.
  const others = [
    new TestClient(receiver.port, fixture.ticket()),
    new TestClient(receiver.port, fixture.ticket()),
  ];
  await Promise.all(others.map((other) => other.welcomed()));
  for (const other of others) other.close();
  await until(() => receiver.parts.desk.activeSessions === 0);

  const run = { planId: randomUUID(), runId: randomUUID() };
  const broken = new TestClient(receiver.port, fixture.ticket(run));
  await broken.welcomed();
  await broken.send(treeOf(200, 100));
  broken.session.commit({ entries: 202, problems: 0 });
  broken.socket.end();

  const again = await TestClient.backUp(receiver.port, fixture.ticket(run), treeOf(200, 100));
  expect(again.receipt?.runId).toBe(run.runId);
  expect(again.welcome?.receipt).toEqual(again.receipt);
  const place = { agentFolder: 'agent', planFolder: `plan-${run.planId.slice(0, 8)}` };
  expect(fixture.vault.listSnapshots(place)).toHaveLength(1);
});

function contentBytes(tree: SourceTree): number {
  return [...tree.values()].reduce((sum, content) => sum + (content?.length ?? 0), 0);
}

/** Content in staging: what lies in a `tree` folder. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && `${entry.parentPath}/`.includes('/tree/'))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
