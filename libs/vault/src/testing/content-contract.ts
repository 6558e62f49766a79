import { describe, expect, it } from '@jest/globals';
import { Receipt } from '@periodic-backup/contracts';
import { digestOf } from '@periodic-backup/protocol';
import { seededContent } from './seeded-content.js';
import { MemorySource } from './memory-source.js';
import { driveSession } from './drive-session.js';
import type { ContractContext } from './vault-contract.js';

/** What goes in comes out, byte for byte. */
export function contentContract(context: () => ContractContext): void {
  describe('content', () => {
    it('gives back every entry with its metadata, target and content', async () => {
      const { plan } = context();
      const source = new MemorySource()
        .directory('d', { mode: 0o2750, mtimeNs: 5n })
        .directory('d/empty')
        .file('d/script', 'echo', { mode: 0o4755, uid: 7, gid: 8 })
        .file('empty', '')
        .hardLink('d/second-name', 'd/script')
        .symlink('dangling', '/nowhere/at all')
        .special('fifo', 'pipe')
        .special('socket', 'socket')
        .special('block-device', 'disk', 0x801)
        .special('character-device', 'null', 0x103);
      const { receipt } = await plan.backUp(source);
      const expected = source.entries().map((entry) => ({
        ...entry,
        digest: entry.kind === 'file' ? digestOf(source.content(entry.path)) : null,
      }));
      expect(plan.entryList(receipt.snapshot)).toEqual(expected);
      expect(plan.contents(receipt.snapshot)).toEqual({ 'd/script': 'echo', empty: '' });
    });

    it('keeps names that are not UTF-8 apart', async () => {
      const { plan } = context();
      const source = new MemorySource()
        .file(Buffer.from([0x66, 0xff]), 'one')
        .file(Buffer.from([0x66, 0xfe]), 'two');
      const { receipt } = await plan.backUp(source);
      expect(plan.contents(receipt.snapshot)).toEqual({ 'f\xff': 'one', 'f\xfe': 'two' });
    });

    it('takes paths of 4,096 bytes', async () => {
      const { plan } = context();
      const source = new MemorySource();
      let path = '';
      while (path.length < 4000) source.directory((path += `${path === '' ? '' : '/'}${'d'.repeat(250)}`));
      source.file(`${path}/${'f'.repeat(4096 - path.length - 1)}`, 'deep');
      const { receipt } = await plan.backUp(source);
      expect(Object.values(plan.contents(receipt.snapshot))).toEqual(['deep']);
      await plan.backUp(source);
    });

    it('takes a large file in parts, with holes', async () => {
      const { plan } = context();
      const content = Buffer.concat([
        seededContent('begin', 200_000),
        Buffer.alloc(3_000_000),
        seededContent('end', 7),
        Buffer.alloc(1_000_000),
      ]);
      const source = new MemorySource().file('large', content, { sparse: true });
      const sink = plan.begin();
      for (const entry of source.entries()) sink.offer(entry);
      sink.startFile(1, 0);
      sink.append(content.subarray(0, 200_000));
      sink.appendHole(3_000_000);
      sink.append(content.subarray(3_200_000, 3_200_007));
      sink.appendHole(1_000_000);
      const outcome = { status: 'whole', size: content.length, mtimeNs: 1n, ctimeNs: 2n } as const;
      expect(sink.endFile(1, { ...outcome, digest: digestOf(content) })).toBe('done');
      const { snapshot } = Receipt.parse(await sink.commit());
      sink.release();
      expect(plan.read(snapshot, 'large').equals(content)).toBe(true);
      expect(plan.entry(snapshot, 'large')).toMatchObject({ mtimeNs: 1n, ctimeNs: 2n });
    });

    it.each([
      ['small', Buffer.from('as it was'), Buffer.from('as it is!')],
      ['large', Buffer.alloc(400_000, 1), Buffer.alloc(400_000, 2)],
    ])('refuses %s content that disagrees with its digest', (_size, content, arrived) => {
      const { plan } = context();
      const source = new MemorySource().file('f', content);
      const sink = plan.begin();
      expect(() => driveSession(sink, source, { damaged: { f: arrived } })).toThrow(
        expect.objectContaining({ code: 'DIGEST_MISMATCH' }),
      );
      sink.release();
      expect(plan.vault.listSnapshots(plan.place)).toEqual([]);
    });

    it('refuses content of another length than was read', () => {
      const { plan } = context();
      const sink = plan.begin();
      const source = new MemorySource().file('f', 'four');
      expect(() => driveSession(sink, source, { damaged: { f: Buffer.from('three') } })).toThrow(
        expect.objectContaining({ code: 'SIZE_MISMATCH' }),
      );
      sink.release();
    });
  });
}
