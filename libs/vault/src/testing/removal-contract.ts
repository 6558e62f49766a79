import { describe, expect, it } from '@jest/globals';
import type { Receipt } from '@periodic-backup/contracts';
import { driveSession } from './drive-session.js';
import { MemorySource } from './memory-source.js';
import type { PlanInVault } from './plan-in-vault.js';
import type { ContractContext } from './vault-contract.js';

const freely = { keepOnlyCopies: false };
const carefully = { keepOnlyCopies: true };

/** Snapshots go when the vault is told so, and nothing else goes with them. */
export function removalContract(context: () => ContractContext): void {
  describe('removing snapshots', () => {
    const source = (): MemorySource =>
      new MemorySource().directory('d').file('d/same', 'same').file('changing', '0').hardLink('e', 'd/same');

    /** Each of them changed one file. */
    async function several(plan: PlanInVault, count: number): Promise<Receipt[]> {
      const receipts: Receipt[] = [];
      const tree = source();
      for (let i = 0; i < count; i++) {
        tree.rewrite('changing', String(i));
        receipts.push((await plan.backUp(tree)).receipt);
      }
      return receipts;
    }

    it('takes them out of everything the vault says, and leaves the others as they were', async () => {
      const { plan, subject } = context();
      const receipts = await several(plan, 4);
      const [a, b, c, d] = receipts.map(({ snapshot }) => snapshot) as [string, string, string, string];
      expect(plan.vault.removeSnapshots(plan.place, [c, a], freely)).toEqual({ removed: [a, c], kept: [] });
      const vault = subject.reopen();
      expect(vault.listSnapshots(plan.place).map(({ snapshot }) => snapshot)).toEqual([b, d]);
      expect([...vault.recentReceipts(new Date(0))]).toEqual([receipts[1], receipts[3]]);
      expect(vault.findReceipt(plan.place, (receipts[0] as Receipt).runId)).toBeNull();
      expect(() => vault.openSnapshot(plan.place, a)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
      expect(plan.contents(b)).toEqual({ 'd/same': 'same', changing: '1' });
      expect(plan.contents(d)).toEqual({ 'd/same': 'same', changing: '3' });
      expect(vault.recover()).toMatchObject({ finishedRemovals: 0, removedStrays: 0, unknownFolders: 0 });
      expect((await plan.backUp(source().rewrite('changing', '3'))).receipt.counts.linkedFiles).toBe(1);
    });

    it('never takes the newest', async () => {
      const { plan } = context();
      const [a, b] = (await several(plan, 2)).map(({ snapshot }) => snapshot) as [string, string];
      expect(plan.vault.removeSnapshots(plan.place, [a, b], freely)).toEqual({
        removed: [a],
        kept: [{ snapshot: b, reason: expect.stringContaining('newest') }],
      });
      expect(plan.contents(b)).toEqual({ 'd/same': 'same', changing: '1' });
    });

    it('can be asked for again: what is gone is gone', async () => {
      const { plan } = context();
      const [a] = (await several(plan, 2)).map(({ snapshot }) => snapshot) as [string];
      for (let round = 0; round < 2; round++)
        expect(plan.vault.removeSnapshots(plan.place, [a, a], freely)).toEqual({ removed: [a], kept: [] });
      const nowhere = { ...plan.place, planFolder: 'none' };
      expect(plan.vault.removeSnapshots(nowhere, [a], freely)).toEqual({ removed: [a], kept: [] });
    });

    it('waits for whoever reads one, in whichever process', async () => {
      const { plan, subject } = context();
      const [a, b] = (await several(plan, 3)).map(({ snapshot }) => snapshot) as [string, string];
      const reading = subject.reopen().openSnapshot(plan.place, a);
      expect(plan.vault.removeSnapshots(plan.place, [a, b], freely)).toEqual({
        removed: [b],
        kept: [{ snapshot: a, reason: expect.stringContaining('read') }],
      });
      const entry = reading.find(Buffer.from('changing'));
      expect(entry && reading.read(entry, Buffer.alloc(9), 0)).toBe(1);
      reading.close();
      expect(plan.vault.removeSnapshots(plan.place, [a], freely).removed).toEqual([a]);
    });

    it('does not disturb a backup that is under way', async () => {
      const { plan } = context();
      const [a, b] = (await several(plan, 3)).map(({ snapshot }) => snapshot) as [string, string];
      const sink = plan.begin();
      const entries = source().rewrite('changing', '2');
      const removed = plan.vault.removeSnapshots(plan.place, [a, b], freely);
      driveSession(sink, entries);
      expect(removed).toEqual({ removed: [a, b], kept: [] });
      const receipt = (await sink.commit()) as Receipt;
      sink.release();
      expect(receipt.counts).toMatchObject({ linkedFiles: 1 });
      expect(plan.contents(receipt.snapshot)).toEqual({ 'd/same': 'same', changing: '2' });
    });

    it('keeps what only one snapshot holds if told so, and what stands in for others', async () => {
      const { plan } = context();
      const trees = [
        new MemorySource().file('a', '1').file('b', '1'),
        new MemorySource().file('a', '2').file('b', '1').file('gone', 'x'),
        new MemorySource().file('a', '2').file('gone', 'x').hardLink('gone-too', 'gone'),
        new MemorySource().directory('a').file('a/b', '3').file('b', '1'),
        new MemorySource().file('a', '3').file('b', '2').file('failed', 'x'),
        new MemorySource().file('a', '3').file('b', '2').file('failed', 'y', { ctimeNs: 9n }),
      ];
      const names: string[] = [];
      for (const [i, tree] of trees.entries())
        names.push(
          (await plan.backUp(tree, i === 5 ? { outcomes: { failed: 'unreadable' } } : {})).receipt.snapshot,
        );
      const report = plan.vault.removeSnapshots(plan.place, names.slice(0, 5), carefully);
      expect(report).toEqual({
        removed: [names[0], names[1]],
        kept: [
          { snapshot: names[2], reason: 'No newer snapshot has "gone".' },
          { snapshot: names[3], reason: 'No newer snapshot has "a/b".' },
          { snapshot: names[4], reason: 'No newer snapshot has "failed".' },
        ],
      });
    });

    it('takes all of a plan that accumulates but the newest, which has every path', async () => {
      const { plan } = context();
      const names: string[] = [];
      for (const name of ['a', 'b', 'c'])
        names.push(
          (await plan.backUp(new MemorySource().file(name, name), { changes: { accumulate: true } })).receipt
            .snapshot,
        );
      expect(plan.vault.removeSnapshots(plan.place, names.slice(0, 2), carefully).kept).toEqual([]);
      expect(plan.contents(names[2] as string)).toEqual({ a: 'a', b: 'b', c: 'c' });
    });

    it('refuses names that lead out of the vault', () => {
      const { plan } = context();
      expect(() => plan.vault.removeSnapshots(plan.place, ['..'], freely)).toThrow();
    });
  });
}
