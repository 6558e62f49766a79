import { describe, expect, it } from '@jest/globals';
import { Receipt, receiptIsGenuine } from '@periodic-backup/contracts';
import { createPublicKey, randomUUID } from 'node:crypto';
import { driveSession } from './drive-session.js';
import { MemorySource } from './memory-source.js';
import { PlanInVault } from './plan-in-vault.js';
import type { ContractContext } from './vault-contract.js';

const source = new MemorySource().file('a', 'x').file('b', 'y');

/** A snapshot is there or not, and its receipt says so. */
export function commitContract(context: () => ContractContext): void {
  describe('a commit', () => {
    it('answers with a genuine receipt that tells what was done', async () => {
      const { plan } = context();
      const request = plan.request();
      const sink = plan.vault.append(request);
      driveSession(sink, source);
      const receipt = Receipt.parse(await sink.commit());
      sink.release();
      const { runId, epoch, agentId, planId } = request;
      expect(receipt).toMatchObject({
        runId,
        epoch,
        agentId,
        planId,
        vaultId: plan.vault.identity.id,
        previous: null,
      });
      expect(receipt.counts).toEqual({
        entries: 3,
        files: 2,
        bytes: 2,
        storedFiles: 2,
        storedBytes: 2,
        linkedFiles: 0,
        copiedFiles: 0,
        problems: 0,
      });
      const publicKey = createPublicKey(plan.vault.identity.publicKey);
      expect(receiptIsGenuine(receipt, publicKey)).toBe(true);
      expect(receiptIsGenuine({ ...receipt, epoch: epoch + 1 }, publicKey)).toBe(false);
    });

    it('is found by its run, and by another process', async () => {
      const { plan, subject } = context();
      const { receipt } = await plan.backUp(source);
      expect(subject.reopen().findReceipt(plan.place, receipt.runId)).toEqual(receipt);
      expect(plan.vault.findReceipt(plan.place, randomUUID())).toBeNull();
      expect(plan.vault.findReceipt({ ...plan.place, planFolder: 'other' }, receipt.runId)).toBeNull();
    });

    it('happens once for a run', async () => {
      const { plan } = context();
      const request = plan.request();
      await plan.backUp(source, { changes: request });
      expect(() => plan.vault.append(request)).toThrow(
        expect.objectContaining({ code: 'BUSY', retryable: true }),
      );
      expect(plan.vault.listSnapshots(plan.place)).toHaveLength(1);
    });

    it('is refused while an entry is owed', async () => {
      const { plan } = context();
      const sink = plan.begin();
      for (const entry of source.entries()) sink.offer(entry);
      await expect(sink.commit()).rejects.toThrow(expect.objectContaining({ code: 'WRONG_ORDER' }));
      sink.release();
      expect(plan.vault.listSnapshots(plan.place)).toEqual([]);
    });

    it('names snapshots by the clock, in rising order even if it is set back', async () => {
      const { plan } = context();
      const now = new Date('2026-11-22T11:05:00.900Z');
      const names: string[] = [];
      for (const at of [now, now, new Date(now.getTime() - 3_600_000), new Date(now.getTime() + 60_000)])
        names.push((await plan.backUp(source, { changes: { now: at } })).receipt.snapshot);
      expect(names).toEqual([
        '2026-11-22T110500Z',
        '2026-11-22T110501Z',
        '2026-11-22T110502Z',
        '2026-11-22T110600Z',
      ]);
      expect(plan.vault.listSnapshots(plan.place).map(({ snapshot }) => snapshot)).toEqual(names);
    });

    it('counts entries and problems as the client does', () => {
      const { plan } = context();
      const sink = plan.begin();
      driveSession(
        sink,
        new MemorySource().directory('d', { unreadable: true }).file('f', 'x').file('g', 'x'),
        {
          outcomes: { f: 'unreadable', g: 'changed' },
        },
      );
      expect(sink.counts).toEqual({ entries: 4, problems: 3 });
      sink.release();
    });

    it('can be released again and again, also after the commit', async () => {
      const { plan } = context();
      const sink = plan.begin();
      driveSession(sink, source);
      await sink.commit();
      sink.release();
      sink.release();
      expect(plan.vault.listSnapshots(plan.place)).toHaveLength(1);
    });
  });

  describe('receipts', () => {
    it('are listed since a moment, over all plans, oldest first', async () => {
      const { plan } = context();
      const other = new PlanInVault(plan.vault, { agentFolder: 'server' });
      const receipts: Receipt[] = [];
      for (const one of [plan, other, plan]) receipts.push((await one.backUp(source)).receipt);
      expect([...plan.vault.recentReceipts(new Date(0))]).toEqual(receipts);
      const last = receipts.at(-1) as Receipt;
      expect([...plan.vault.recentReceipts(new Date(Date.parse(last.committedAt) + 1))]).toEqual([]);
    });
  });

  describe('recovery', () => {
    it('finds nothing to do in a vault at rest', async () => {
      const { plan } = context();
      await plan.backUp(source);
      expect(plan.vault.recover()).toEqual({
        finishedCommits: 0,
        undoneCommits: 0,
        finishedRemovals: 0,
        removedStrays: 0,
        resumableStagings: 0,
        unknownFolders: 0,
      });
    });

    it('leaves a session at work and one that can be resumed alone', async () => {
      const { plan, subject } = context();
      const atWork = plan.begin();
      driveSession(atWork, source);
      const other = new PlanInVault(plan.vault, { planFolder: 'other' });
      other.interrupt(source, { stopAfterBytes: 1 });
      for (let round = 0; round < 2; round++)
        expect(subject.reopen().recover()).toMatchObject({ resumableStagings: 2, removedStrays: 0 });
      await expect(atWork.commit()).resolves.toMatchObject({ previous: null });
      atWork.release();
      expect((await other.backUp(source)).wanted.map(({ path }) => path)).toEqual(['b']);
    });

    it('removes what an interrupted session left without any content', () => {
      const { plan } = context();
      plan.begin().release();
      expect(plan.vault.recover()).toMatchObject({ removedStrays: 1, resumableStagings: 0 });
    });
  });

  it('tells how much room there is', () => {
    const { freeBytes, totalBytes } = context().plan.vault.probe();
    expect(freeBytes).toBeGreaterThan(0);
    expect(totalBytes).toBeGreaterThanOrEqual(freeBytes);
  });

  it('refuses names that lead out of the vault', () => {
    const { plan } = context();
    const place = { agentFolder: '..', planFolder: 'x' };
    expect(() => plan.begin(place)).toThrow();
    expect(() => plan.vault.listSnapshots(place)).toThrow();
    expect(() => plan.entryList('../x')).toThrow();
  });
}
