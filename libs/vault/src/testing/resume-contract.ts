import { digestOf, type Entry } from '@periodic-backup/protocol';
import { describe, expect, it } from '@jest/globals';
import { MemorySource } from './memory-source.js';
import { seededContent } from './seeded-content.js';
import type { ContractContext } from './vault-contract.js';

const LARGE = seededContent('large', 2_000_000);

function manyFiles(count: number): MemorySource {
  const source = new MemorySource();
  for (let i = 0; i < count; i++) source.file(`f${String(i).padStart(4, '0')}`, `content ${i}`);
  return source;
}

/** What a session staged, the next one of the plan need not send again. */
export function resumeContract(context: () => ContractContext): void {
  describe('a session that was interrupted', () => {
    it('is continued: no staged file is wanted again', async () => {
      const { plan } = context();
      const source = manyFiles(1000);
      const interrupted = plan.interrupt(source, { entriesPerRound: 10, stopAfterBytes: 5000 });
      const { wanted, receipt, sentBytes } = await plan.backUp(source);
      const all = source.entries().reduce((sum, { size }) => sum + size, 0);
      expect(sentBytes + interrupted.sentBytes).toBe(all);
      expect(wanted).toHaveLength(
        1000 - interrupted.wanted.filter((_, i) => i < 1000 - wanted.length).length,
      );
      expect(receipt.counts).toMatchObject({ files: 1000, storedFiles: 1000, storedBytes: all });
      expect(plan.read(receipt.snapshot, 'f0001').toString()).toBe('content 1');
    });

    it('is continued by another process, and again after a second interruption that came less far', async () => {
      const { plan, subject } = context();
      const source = manyFiles(300).file('a-new-one', 'x');
      const first = plan.interrupt(manyFiles(300), { entriesPerRound: 10, stopAfterBytes: 2500 });
      plan.vault = subject.reopen();
      const second = plan.interrupt(source, { entriesPerRound: 10, stopAfterBytes: 1 });
      plan.vault = subject.reopen();
      const { sentBytes } = await plan.backUp(source);
      const all = source.entries().reduce((sum, { size }) => sum + size, 0);
      expect(first.sentBytes + second.sentBytes + sentBytes).toBe(all);
    });

    it('goes on in the middle of a large file', async () => {
      const { plan } = context();
      const source = new MemorySource().file('a', 'x').file('large', LARGE).file('z', 'x');
      const interrupted = plan.interrupt(source, { stopAfterBytes: 900_000 });
      const { wanted, sentBytes, receipt } = await plan.backUp(source);
      expect(wanted[0]).toEqual({ path: 'large', what: 'content', offset: interrupted.sentBytes - 1 });
      expect(sentBytes + interrupted.sentBytes).toBe(LARGE.length + 2);
      expect(plan.read(receipt.snapshot, 'large').equals(LARGE)).toBe(true);
    });

    it('goes on in the middle of any file that comes in parts, and behind all that was staged, if nobody let go', () => {
      const { plan } = context();
      const source = new MemorySource()
        .file('a', 'x')
        .file('b', 'x')
        .file('large', LARGE.subarray(0, 90_000));
      const dying = plan.begin();
      for (const entry of source.entries()) dying.offer(entry);
      const content = Buffer.from('x');
      for (const ordinal of [1, 2]) {
        const { size, mtimeNs, ctimeNs } = source.entries()[ordinal] as Entry;
        dying.settle(
          ordinal,
          { status: 'whole', size, mtimeNs, ctimeNs, digest: digestOf(content) },
          content,
        );
      }
      dying.startFile(3, 0);
      dying.append(LARGE.subarray(0, 70_000));
      dying.stage();
      const next = plan.begin();
      expect(source.entries().map((entry) => next.offer(entry))).toEqual([
        ...[{ want: 'nothing' }, { want: 'nothing' }, { want: 'nothing' }],
        { want: 'content', offset: 70_000 },
      ]);
      next.release();
      dying.release();
    });

    it('remembers a large file begun over an interruption before it', async () => {
      const { plan } = context();
      const source = new MemorySource().file('a', 'x').file('large', LARGE);
      plan.interrupt(source, { stopAfterBytes: 900_000 });
      plan.interrupt(source, { entriesPerRound: 1, stopAfterBytes: 0 });
      const { wanted } = await plan.backUp(source);
      expect(wanted).toEqual([{ path: 'large', what: 'content', offset: 900_000 }]);
    });

    it('wants a large file from its start if what is staged turns out to be of another one', async () => {
      const { plan } = context();
      const source = new MemorySource().file('large', LARGE);
      plan.interrupt(source, { stopAfterBytes: 900_000 });
      const other = seededContent('other', LARGE.length);
      const { wanted, receipt } = await plan.backUp(new MemorySource().file('large', other));
      expect(wanted.map(({ offset }) => offset)).toEqual([900_000, 0]);
      expect(plan.read(receipt.snapshot, 'large').equals(other)).toBe(true);
    });

    it('wants a large file from its start if it changed meanwhile', async () => {
      const { plan } = context();
      const source = new MemorySource().file('large', LARGE);
      plan.interrupt(source, { stopAfterBytes: 900_000 });
      const { wanted, receipt } = await plan.backUp(source.rewrite('large', LARGE.subarray(1)));
      expect(wanted).toEqual([{ path: 'large', what: 'content', offset: 0 }]);
      expect(plan.read(receipt.snapshot, 'large').equals(LARGE.subarray(1))).toBe(true);
    });

    it('keeps what was settled while an earlier file was still owed', async () => {
      const { plan } = context();
      const large = LARGE.subarray(0, 100_000);
      const source = new MemorySource()
        .file('a-large', large)
        .directory('d')
        .file('d/b', 'x')
        .file('d/c', 'x');
      await plan.backUp(source);
      source.file('a-large', Buffer.alloc(100_000, 1), { ctimeNs: 9n });
      source.rewrite('d/b', 'later').rewrite('d/c', 'later');
      // The digest of the first differs: its content comes last, and goes missing.
      plan.interrupt(source, { stopAfterBytes: 10 });
      const { wanted, receipt } = await plan.backUp(source);
      expect(wanted.map(({ path }) => path)).toEqual(['a-large', 'a-large']);
      expect(plan.contents(receipt.snapshot)).toMatchObject({ 'd/b': 'later', 'd/c': 'later' });
    });

    it('holds nothing of what left the source or changed its kind meanwhile', async () => {
      const { plan } = context();
      const source = manyFiles(200).directory('d').file('d/x', '1').symlink('g', 'd').file('h', '1');
      plan.interrupt(source, { entriesPerRound: 10, stopAfterBytes: 2000 });
      const now = new MemorySource().file('d', '2').directory('f0001').file('f0001/x', '2').file('g', '2');
      const { receipt } = await plan.backUp(now);
      expect(plan.contents(receipt.snapshot)).toEqual({ d: '2', 'f0001/x': '2', g: '2' });
      expect(receipt.counts).toMatchObject({ entries: 5, storedFiles: 3 });
    });

    it('still shares unchanged files with the snapshot before', async () => {
      const { plan } = context();
      const source = manyFiles(200);
      await plan.backUp(source);
      source.rewrite('f0100', 'new').rewrite('f0150', 'new');
      plan.interrupt(source, { entriesPerRound: 10, stopAfterBytes: 1 });
      const { wanted, receipt } = await plan.backUp(source);
      expect(wanted.map(({ path }) => path)).toEqual(['f0150']);
      expect(receipt.counts).toMatchObject({ linkedFiles: 198, storedFiles: 2 });
    });

    it('never takes a staged file that changed while it was read for a good one', async () => {
      const { plan } = context();
      const source = manyFiles(20);
      plan.interrupt(source, { entriesPerRound: 1, stopAfterBytes: 50, outcomes: { f0001: 'changed' } });
      const { wanted, receipt } = await plan.backUp(source);
      expect(wanted[0]?.path).toBe('f0001');
      expect(receipt.counts.problems).toBe(0);
    });

    it('is no eager one, and leaves nothing behind once committed', async () => {
      const { plan } = context();
      plan.interrupt(manyFiles(20), { entriesPerRound: 1, stopAfterBytes: 50 });
      const sink = plan.begin();
      expect(sink).toMatchObject({ eager: false, previous: null });
      sink.release();
      await plan.backUp(manyFiles(20));
      expect(plan.vault.recover()).toMatchObject({ resumableStagings: 0, removedStrays: 0 });
    });
  });
}
