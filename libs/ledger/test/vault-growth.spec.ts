import { randomUUID } from 'node:crypto';
import { pinVault, readVaultSamples, readVaultTrends, sampleVaults } from '../src/index.js';
import { vaultSamples } from '../src/schema.js';
import { addSnapshot } from './add-snapshot.js';
import { openTestLedger, type TestLedger } from './open-test-ledger.js';

let testLedger: TestLedger;
let vaultId: string;
beforeAll(async () => {
  testLedger = await openTestLedger();
});
beforeEach(async () => {
  vaultId = randomUUID();
  await pinVault(testLedger.ledger, { id: vaultId, name: 'vault', layout: 'folders', publicKey: 'pem' });
});
afterEach(() => testLedger.clear());
afterAll(() => testLedger.stop());

const at = (day: number, hour = 0, minute = 0): Date => new Date(Date.UTC(2026, 8, day, hour, minute));
const rooms = (freeBytes: number) => new Map([[vaultId, { freeBytes, totalBytes: 1000 }]]);
const read = (points = 5000) =>
  readVaultSamples(testLedger.ledger, vaultId, { from: at(1), to: at(90), points });

describe('the samples of a vault', () => {
  it('hold its snapshots and its disk once an hour, whoever asks and how often', async () => {
    const { ledger } = testLedger;
    await addSnapshot(ledger, randomUUID(), at(1), { vaultId });
    await sampleVaults(ledger, rooms(400), at(1, 5, 10));
    await addSnapshot(ledger, randomUUID(), at(1), { vaultId });
    await Promise.all([1, 2, 3].map(() => sampleVaults(ledger, rooms(300), at(1, 5, 50))));
    await sampleVaults(ledger, new Map(), at(1, 6));
    expect(await read()).toMatchObject([
      { at: at(1, 5).toISOString(), snapshots: 1, usedBytes: 600, freeBytes: 400 },
      { at: at(1, 6).toISOString(), snapshots: 2, usedBytes: null, freeBytes: null, totalBytes: null },
    ]);
  });

  it('are thinned out to one a day after a while', async () => {
    const { ledger } = testLedger;
    for (const day of [1, 2])
      for (const hour of [3, 9, 15]) await sampleVaults(ledger, rooms(day), at(day, hour));
    await sampleVaults(ledger, rooms(5), at(60));
    expect((await read()).map((sample) => sample.at)).toEqual(
      [at(1, 3), at(2, 3), at(60)].map((instant) => instant.toISOString()),
    );
  });

  it('are at most as many as wanted, the last of each stretch', async () => {
    const { ledger } = testLedger;
    for (let day = 1; day <= 20; day++) await sampleVaults(ledger, rooms(day), at(day + 40));
    const few = await readVaultSamples(ledger, vaultId, { from: at(41), to: at(61), points: 4 });
    expect(few.map(({ freeBytes }) => freeBytes)).toEqual([5, 10, 15, 20]);
  });

  it('show by how much the disk fills a day', async () => {
    const { ledger } = testLedger;
    await ledger.insert(vaultSamples).values(
      [0, 1, 2, 3].map((day) => ({
        ...{ vaultId, at: at(50 + day), storedBytes: 0, snapshots: 0 },
        ...{ freeBytes: 900 - 10 * day, totalBytes: 1000 },
      })),
    );
    const trend = (await readVaultTrends(ledger, at(40))).get(vaultId);
    expect(trend).toMatchObject({ samples: 4, days: 3 });
    expect(trend?.bytesPerDay).toBeCloseTo(10);
    expect((await readVaultTrends(ledger, at(80))).get(vaultId)).toBeUndefined();
  });
});
