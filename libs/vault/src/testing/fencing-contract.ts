import { describe, expect, it } from '@jest/globals';
import { Receipt } from '@periodic-backup/contracts';
import { digestOf, type ReadOutcome } from '@periodic-backup/protocol';
import { driveSession } from './drive-session.js';
import { MemorySource } from './memory-source.js';
import { PlanInVault } from './plan-in-vault.js';
import { seededContent } from './seeded-content.js';
import type { ContractContext } from './vault-contract.js';

const superseded = expect.objectContaining({ code: 'EPOCH_SUPERSEDED', retryable: false });

/** One writer of a plan at a time: the newest. */
export function fencingContract(context: () => ContractContext): void {
  describe('fencing', () => {
    const source = new MemorySource().file('a', 'x').file('b', 'y');

    it('refuses an epoch lower than that of the session at work', () => {
      const { plan } = context();
      const sink = plan.begin({ epoch: 2000 });
      expect(() => plan.begin({ epoch: 1999 })).toThrow(superseded);
      sink.release();
      expect(() => plan.begin({ epoch: 1999 })).toThrow(superseded);
    });

    it('refuses an epoch lower than that of the newest snapshot', async () => {
      const { plan } = context();
      await plan.backUp(source, { changes: { epoch: 2000 } });
      expect(() => plan.begin({ epoch: 1999 })).toThrow(superseded);
    });

    it('lets the newest caller of one epoch win', async () => {
      const { plan, subject } = context();
      const request = plan.request();
      const older = plan.vault.append(request);
      driveSession(older, source);
      const newer = subject.reopen().append(request);
      await expect(older.commit()).rejects.toThrow(superseded);
      older.release();
      driveSession(newer, source);
      await expect(newer.commit()).resolves.toMatchObject({ runId: request.runId });
      newer.release();
      expect(plan.vault.listSnapshots(plan.place)).toHaveLength(1);
    });

    it('keeps a fenced writer from everything the next one stages', async () => {
      const { plan, subject } = context();
      const large = seededContent('large', 900_000);
      const changing = new MemorySource().file('large', large).file('other', 'x');
      const older = plan.begin();
      driveSession(older, changing, { entriesPerRound: 2, stopAfterBytes: 300_000 });
      const newer = subject.reopen().append(plan.request());
      const decisions = changing.entries().map((entry) => newer.offer(entry));
      expect(decisions[1]).toEqual({ want: 'content', offset: 300_000 });
      newer.startFile(1, 300_000);
      // Its file is still open: what it writes now must go nowhere.
      older.append(Buffer.alloc(300_000, 7));
      newer.append(large.subarray(300_000));
      expect(newer.endFile(1, whole(large))).toBe('done');
      newer.settle(2, whole(Buffer.from('x')), Buffer.from('x'));
      const { snapshot } = Receipt.parse(await newer.commit());
      newer.release();
      older.append(Buffer.alloc(300_000, 7));
      expect(() => older.endFile(1, whole(large))).toThrow();
      older.release();
      expect(plan.read(snapshot, 'large').equals(large)).toBe(true);
    });

    it('keeps plans apart', async () => {
      const { plan } = context();
      const first = plan.begin();
      const other = new PlanInVault(plan.vault, { planFolder: 'pictures' });
      await other.backUp(source);
      driveSession(first, source);
      await expect(first.commit()).resolves.toMatchObject({ previous: null });
      first.release();
    });
  });
}

function whole(content: Buffer): ReadOutcome {
  return { status: 'whole', size: content.length, mtimeNs: 1n, ctimeNs: 1n, digest: digestOf(content) };
}
