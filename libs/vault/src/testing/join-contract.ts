import { describe, expect, it } from '@jest/globals';
import { MemorySource } from './memory-source.js';
import { seededContent } from './seeded-content.js';
import type { ContractContext } from './vault-contract.js';

const LARGE = seededContent('large', 100_000);

/** Only what changed is wanted; older snapshots stay as they are. */
export function joinContract(context: () => ContractContext): void {
  describe('the join with the snapshot before', () => {
    it('wants the content of every file of a first snapshot, unasked', async () => {
      const { plan } = context();
      const sink = plan.begin();
      expect(sink).toMatchObject({ eager: true, previous: null });
      sink.release();
      const { wanted } = await plan.backUp(new MemorySource().file('a', '1').file('b', '2'));
      expect(wanted.map(({ path }) => path)).toEqual(['a', 'b']);
    });

    it('wants nothing of what did not change, and shares it', async () => {
      const { plan } = context();
      const source = new MemorySource()
        .directory('d')
        .file('d/a', '1')
        .file('large', LARGE)
        .symlink('s', 'd');
      const first = await plan.backUp(source);
      const { wanted, receipt } = await plan.backUp(source);
      expect(wanted).toEqual([]);
      expect(receipt.previous).toBe(first.receipt.snapshot);
      expect(receipt.counts).toMatchObject({ files: 2, storedFiles: 0, storedBytes: 0, linkedFiles: 2 });
      expect(plan.contents(receipt.snapshot)).toEqual(plan.contents(first.receipt.snapshot));
    });

    it('takes what is new or changed, leaves out what is gone, and leaves older snapshots alone', async () => {
      const { plan } = context();
      const source = new MemorySource().file('changed', 'old').file('gone', 'old').file('same', 'old');
      const first = await plan.backUp(source);
      const before = plan.entryList(first.receipt.snapshot);
      source.rewrite('changed', 'new').remove('gone').file('another', 'new');
      const { wanted, receipt } = await plan.backUp(source);
      expect(wanted.map(({ path }) => path)).toEqual(['another', 'changed']);
      expect(plan.contents(receipt.snapshot)).toEqual({ another: 'new', changed: 'new', same: 'old' });
      expect(plan.contents(first.receipt.snapshot)).toEqual({ changed: 'old', gone: 'old', same: 'old' });
      expect(plan.entryList(first.receipt.snapshot)).toEqual(before);
    });

    it('records a changed mode without changing the older snapshot', async () => {
      const { plan } = context();
      const source = new MemorySource()
        .file('small', 'x', { mode: 0o600 })
        .file('large', LARGE, { mode: 0o600 });
      const first = await plan.backUp(source);
      source.change('small', { mode: 0o644 }).change('large', { mode: 0o644 });
      const { receipt, wanted } = await plan.backUp(source);
      expect(wanted).toContainEqual({ path: 'large', what: 'digest', offset: 0 });
      expect(plan.entry(receipt.snapshot, 'large').mode).toBe(0o644);
      expect(plan.entry(first.receipt.snapshot, 'large').mode).toBe(0o600);
      expect(plan.read(receipt.snapshot, 'large').equals(LARGE)).toBe(true);
    });

    it('asks first for the digest of a large file whose change time alone moved', async () => {
      const { plan } = context();
      const source = new MemorySource().file('large', LARGE);
      await plan.backUp(source);
      const { wanted, sentBytes, receipt } = await plan.backUp(source.change('large', {}));
      expect(wanted).toEqual([{ path: 'large', what: 'digest', offset: 0 }]);
      expect(sentBytes).toBe(0);
      expect(receipt.counts).toMatchObject({ linkedFiles: 1, storedFiles: 0 });
      expect((await plan.backUp(source)).wanted).toEqual([]);
    });

    it('wants the content after all if that digest differs', async () => {
      const { plan } = context();
      const source = new MemorySource().file('large', LARGE).file('later', '1');
      await plan.backUp(source);
      const other = seededContent('other', LARGE.length);
      source.file('large', other, { ctimeNs: 9n }).rewrite('later', '2');
      const { wanted, receipt } = await plan.backUp(source);
      expect(wanted).toEqual([
        { path: 'large', what: 'digest', offset: 0 },
        { path: 'later', what: 'content', offset: 0 },
        { path: 'large', what: 'content', offset: 0 },
      ]);
      expect(plan.read(receipt.snapshot, 'large').equals(other)).toBe(true);
      expect(plan.read(receipt.snapshot, 'later').toString()).toBe('2');
    });

    it('stores a file that changed while it was read, says so, and never takes it for unchanged', async () => {
      const { plan } = context();
      const source = new MemorySource().file('busy', 'half').file('large', LARGE);
      const { receipt } = await plan.backUp(source, { outcomes: { busy: 'changed', large: 'changed' } });
      expect(receipt.counts.problems).toBe(2);
      expect(plan.entry(receipt.snapshot, 'busy').changedWhileRead).toBe(true);
      expect(plan.read(receipt.snapshot, 'busy').toString()).toBe('half');
      const second = await plan.backUp(source);
      expect(second.wanted.map(({ path, what }) => [path, what])).toEqual([
        ['busy', 'content'],
        ['large', 'content'],
      ]);
      expect(plan.entry(second.receipt.snapshot, 'busy').changedWhileRead).toBe(false);
    });

    it('lists an unreadable file without content and leaves a vanished one out', async () => {
      const { plan } = context();
      const source = new MemorySource()
        .directory('locked', { unreadable: true })
        .file('secret', 'x')
        .file('short-lived', 'x');
      const { receipt } = await plan.backUp(source, {
        outcomes: { secret: 'unreadable', 'short-lived': 'vanished' },
      });
      expect(receipt.counts).toMatchObject({ entries: 3, files: 1, bytes: 0, problems: 2 });
      expect(plan.entry(receipt.snapshot, 'secret')).toMatchObject({ unreadable: true, digest: null });
      expect(plan.entries(receipt.snapshot).has('short-lived')).toBe(false);
      expect((await plan.backUp(source)).receipt.counts).toMatchObject({ storedFiles: 2, problems: 1 });
    });

    it('lists a hard link whose first name vanished as unreadable', async () => {
      const { plan } = context();
      const source = new MemorySource().file('a', 'x').hardLink('b', 'a');
      const { receipt } = await plan.backUp(source, { outcomes: { a: 'vanished' } });
      expect(plan.entry(receipt.snapshot, 'b')).toMatchObject({ kind: 'file', unreadable: true });
      expect(receipt.counts.problems).toBe(1);
    });

    it('follows entries that change their kind', async () => {
      const { plan } = context();
      await plan.backUp(new MemorySource().directory('x').file('x/y', '1').file('z', '1').symlink('l', 'z'));
      const { receipt } = await plan.backUp(
        new MemorySource().file('x', '2').directory('z').file('z/y', '2').directory('l').file('l/y', '2'),
      );
      expect(plan.contents(receipt.snapshot)).toEqual({ x: '2', 'z/y': '2', 'l/y': '2' });
    });
  });

  describe('a plan that accumulates', () => {
    const changes = { accumulate: true };

    it('keeps what left the source', async () => {
      const { plan } = context();
      const source = new MemorySource()
        .directory('d')
        .file('d/moved', '1')
        .symlink('d/link', 'moved')
        .file('last', '1');
      await plan.backUp(source, { changes });
      source.remove('d').remove('last').file('new', '2');
      for (let round = 0; round < 2; round++) {
        const { receipt } = await plan.backUp(source, { changes });
        expect(plan.contents(receipt.snapshot)).toEqual({ 'd/moved': '1', last: '1', new: '2' });
        expect(plan.entry(receipt.snapshot, 'd/link').target?.toString()).toBe('moved');
      }
    });

    it('keeps a file that vanished while it was backed up', async () => {
      const { plan } = context();
      const source = new MemorySource().file('f', 'old');
      await plan.backUp(source, { changes });
      const { receipt } = await plan.backUp(source.rewrite('f', 'new'), {
        changes,
        outcomes: { f: 'vanished' },
      });
      expect(plan.contents(receipt.snapshot)).toEqual({ f: 'old' });
    });

    it('gives up what lay in a directory that is none any more', async () => {
      const { plan } = context();
      await plan.backUp(new MemorySource().directory('d').file('d/a', '1').file('d.b', '1'), { changes });
      const { receipt } = await plan.backUp(new MemorySource().file('d', '2'), { changes });
      expect(plan.contents(receipt.snapshot)).toEqual({ d: '2', 'd.b': '1' });
    });

    it('keeps the content of a hard link whose first name holds something else now', async () => {
      const { plan } = context();
      const source = new MemorySource().file('a', 'old').hardLink('b', 'a');
      await plan.backUp(source, { changes });
      const { receipt } = await plan.backUp(source.rewrite('a', 'new').remove('b'), { changes });
      expect(plan.contents(receipt.snapshot)).toEqual({ a: 'new', b: 'old' });
    });
  });
}
