import { describe, expect, it } from '@jest/globals';
import { comparePaths } from '@periodic-backup/protocol';
import { MemorySource } from './memory-source.js';
import type { PlanInVault } from './plan-in-vault.js';
import { runVerify } from './run-verify.js';
import { seededContent } from './seeded-content.js';
import type { ContractContext } from './vault-contract.js';

const LARGE = seededContent('verified', 2_500_000);

/** Everything a snapshot can hold. */
function everything(): MemorySource {
  const source = new MemorySource()
    .directory('d')
    .directory('d/empty')
    .file('d/large', LARGE)
    .file('d/none', '')
    .hardLink('d/second', 'd/large')
    .symlink('d/soft', 'large')
    .special('fifo', 'pipe')
    .file(Buffer.from('\xff', 'latin1'), 'not UTF-8')
    .file('lost', 'x')
    .file('changing', '0');
  for (let i = 1000; i < 1100; i++) source.directory(`e${i}`).file(`e${i}/f`, `${i}`);
  return source;
}

/** A verification reads everything once and believes nothing. */
export function verifyContract(context: () => ContractContext): void {
  describe('a verification', () => {
    async function threeSnapshots(plan: PlanInVault): Promise<string[]> {
      const source = everything();
      const snapshots: string[] = [];
      for (let i = 0; i < 3; i++) {
        source.rewrite('changing', `${i}`);
        snapshots.push((await plan.backUp(source, { outcomes: { lost: 'unreadable' } })).receipt.snapshot);
      }
      return snapshots;
    }
    /** Of one snapshot: 100 small files of 4 bytes and four others. */
    const FILES = 104;
    const BYTES = 400 + LARGE.length + 9 + 1;

    it('finds nothing where nothing is wrong, and reads what snapshots share once', async () => {
      const { plan, subject } = context();
      const snapshots = await threeSnapshots(plan);
      const whole = { damages: [], damageCount: 0 };
      expect(runVerify(plan.vault, plan.place, snapshots.slice(0, 1))).toEqual({
        filesRead: FILES,
        bytesRead: BYTES,
        ...whole,
      });
      expect(runVerify(subject.reopen(), plan.place, snapshots)).toEqual({
        filesRead: FILES + 2,
        bytesRead: BYTES + 2,
        ...whole,
      });
    });

    it('can be parted: the pieces read together what the whole does', async () => {
      const { plan } = context();
      const snapshots = await threeSnapshots(plan);
      for (const parts of [1, 2, 7, 1000]) {
        const cuts = plan.vault.cutPaths(plan.place, snapshots, parts);
        expect(cuts.length).toBeLessThan(parts);
        expect([...cuts].sort(comparePaths)).toEqual(cuts);
        let filesRead = 0;
        const bounds = [null, ...cuts, null];
        for (let i = 0; i + 1 < bounds.length; i++) {
          const piece = { from: bounds[i] ?? null, to: bounds[i + 1] ?? null };
          const report = runVerify(plan.vault, plan.place, snapshots, piece);
          expect(report.damages).toEqual([]);
          filesRead += report.filesRead;
          if (parts === 7) expect(report.filesRead).toBeGreaterThan(5);
        }
        // A hard link whose first name lies in another piece is read for itself, once for each snapshot.
        expect(filesRead - FILES - 2).toBeGreaterThanOrEqual(0);
        expect(filesRead - FILES - 2).toBeLessThanOrEqual(3);
      }
    });

    it('tells how far it is, and can be left at any time', async () => {
      const { plan } = context();
      const snapshots = await threeSnapshots(plan);
      const [first, second] = snapshots as [string, string];
      const verification = plan.vault.verify(plan.place, { snapshots, from: null, to: null });
      let yields = 0;
      let last = 0;
      for (const { bytesRead } of verification) {
        expect(bytesRead - last).toBeLessThanOrEqual(1 << 20);
        last = bytesRead;
        if (++yields < 20) continue;
        expect(plan.vault.removeSnapshots(plan.place, [first], { keepOnlyCopies: false }).removed).toEqual(
          [],
        );
        break;
      }
      expect(yields).toBe(20);
      expect(
        plan.vault.removeSnapshots(plan.place, [first, second], { keepOnlyCopies: false }).removed,
      ).toEqual([first, second]);
    });

    it('says which of the snapshots are not there', async () => {
      const { plan } = context();
      const [first] = (await threeSnapshots(plan)) as [string];
      const gone = '2020-01-01T000000Z';
      expect(runVerify(plan.vault, plan.place, [gone, first])).toMatchObject({
        damages: [{ snapshot: gone, path: null, what: expect.stringContaining('no snapshot') }],
        damageCount: 1,
        filesRead: FILES,
      });
    });
  });

  it('every plan that has snapshots is known to the vault itself', async () => {
    const { plan, subject } = context();
    const receipts = [];
    for (let i = 0; i < 2; i++)
      receipts.push((await plan.backUp(new MemorySource().file('f', `${i}`))).receipt);
    const places = [...subject.reopen().places()].map(({ place, receipts: some }) => ({
      place,
      receipts: [...some],
    }));
    expect(places).toEqual([{ place: plan.place, receipts }]);
  });
}
