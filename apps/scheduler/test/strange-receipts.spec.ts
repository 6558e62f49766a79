import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { listSnapshots } from '@periodic-backup/ledger';
import { until } from '@periodic-backup/testing';
import { ScriptedVault } from './scripted-vault.js';
import { TestBed } from './test-bed.js';

let bed: TestBed;
let vault: ScriptedVault;
const SNAPSHOT = '2026-11-20T100000Z';
const PLACE = { agentFolder: 'burned-down', planFolder: 'documents' };
const GONE = { id: randomUUID(), agentId: 'burned-down' };

beforeAll(async () => {
  bed = await TestBed.open();
});
beforeEach(async () => {
  vault = new ScriptedVault(bed, randomUUID());
  await vault.announce('cellar-1');
  await bed.startScheduler({ SETTLE_MS: '60000' });
});
afterEach(async () => {
  await vault.withdraw();
  await bed.reset();
});
afterAll(() => bed.close());

async function known(planId: string) {
  return (await listSnapshots(bed.connection.ledger, { planId, limit: 10 })).items;
}

/** The scheduler has seen the vault, and with it its key. */
async function keyIsPinned(): Promise<void> {
  const plan = await bed.addPlan({ vaultId: vault.id });
  await bed.requestRun(plan.id);
  await until(async () => (await bed.runs(plan.id))[0]?.reason);
}

test('a genuine receipt of a run nobody knows is a snapshot with its place, and no run', async () => {
  const receipt = vault.receiptOf(GONE, SNAPSHOT);
  await bed.report({ type: 'receipt', receipt, place: PLACE }, { type: 'receipt', receipt, place: PLACE });
  await bed.reportsTaken();
  expect(await known(GONE.id)).toMatchObject([
    { snapshot: SNAPSHOT, agentId: 'burned-down', ...PLACE, runId: receipt.runId, vaultId: vault.id },
  ]);
  expect(await bed.runs(GONE.id)).toEqual([]);
});

test('one that no pinned key made, or that does not say where its snapshot lies, is not', async () => {
  await keyIsPinned();
  const { privateKey } = generateKeyPairSync('ed25519');
  const forged = vault.receiptFor(
    { order: { runId: randomUUID(), epoch: 1, planId: GONE.id, agentId: 'burned-down' } },
    {},
    privateKey,
  );
  const ofNobody = vault.receiptOf(GONE, SNAPSHOT, { vaultId: randomUUID() });
  await bed.report(
    { type: 'receipt', receipt: forged, place: PLACE },
    { type: 'receipt', receipt: ofNobody, place: PLACE },
    { type: 'receipt', receipt: vault.receiptOf(GONE, SNAPSHOT) },
  );
  await bed.reportsTaken();
  expect(await known(GONE.id)).toEqual([]);
});

test('a removed snapshot that its vault reports again is there again', async () => {
  await keyIsPinned();
  const receipt = vault.receiptOf(GONE, SNAPSHOT);
  await bed.report({ type: 'receipt', receipt, place: PLACE });
  await until(async () => (await known(GONE.id)).length === 1);
  const before = new Date().toISOString();
  await bed.connection.ledger.execute('update snapshots set removed_at = now()');
  expect(await known(GONE.id)).toEqual([]);
  // Without its place it is no word about now, nor is what was said before the removal.
  await bed.report({ type: 'receipt', receipt }, { type: 'receipt', receipt, place: PLACE, at: before });
  await bed.reportsTaken();
  expect(await known(GONE.id)).toEqual([]);
  await bed.report({ type: 'receipt', receipt, place: PLACE });
  await until(async () => (await known(GONE.id)).length === 1);
});

test('a known run from before the ledger was restored gets its snapshot, whatever becomes of the run', async () => {
  await keyIsPinned();
  const plan = await bed.addPlan({ vaultId: vault.id });
  const runId = await bed.requestRun(plan.id);
  await bed.runIn(runId, 'waiting');
  const place = { agentFolder: plan.agentId, planFolder: plan.name };
  const receipt = vault.receiptOf(plan, SNAPSHOT, { runId, epoch: 9_999_999_999_999 });
  await bed.report({ type: 'receipt', receipt, place });
  await bed.reportsTaken();
  expect(await known(plan.id)).toMatchObject([{ snapshot: SNAPSHOT, ...place }]);
  expect((await bed.runIn(runId, 'waiting', 'committed')).state).toBe('waiting');
});
