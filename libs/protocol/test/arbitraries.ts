import fc from 'fast-check';
import { comparePaths, type Entry, type EntryKind, type ReadOutcome } from '../src/index.js';

const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const u32 = fc.nat({ max: 0xffffffff });
const safeSize = fc.maxSafeNat();
const digest = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

/** Any byte but NUL and slash; dots are frequent, and names that are not UTF-8 too. */
const nameByte = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(0x61, 0x62, 0x2d, 0x2e, 0x01) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 255 }).filter((byte) => byte !== 0x2f) },
);
const name = fc
  .array(nameByte, { minLength: 1, maxLength: 6 })
  .map((bytes) => Buffer.from(bytes))
  .filter((bytes) => !['.', '..'].includes(bytes.toString('latin1')));

const metadata = fc.record({ mode: fc.nat({ max: 0o7777 }), uid: u32, gid: u32, mtimeNs: i64, ctimeNs: i64 });
const leafKinds: readonly EntryKind[] = [
  'file',
  'symlink',
  'fifo',
  'socket',
  'character-device',
  'block-device',
];

interface Node {
  readonly name: Buffer;
  readonly leaf: EntryKind | null;
  readonly metadata: Pick<Entry, 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'ctimeNs'>;
  readonly size: number;
  readonly children: readonly Node[];
}

const { node } = fc.letrec<{ node: Node; leaf: Node }>((tie) => ({
  leaf: fc.record({
    name,
    leaf: fc.constantFrom(...leafKinds),
    metadata,
    size: safeSize,
    children: fc.constant([]),
  }),
  node: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    tie('leaf'),
    fc.record({
      name,
      leaf: fc.constant(null),
      metadata,
      size: safeSize,
      children: fc.array(tie('node'), { maxLength: 5 }),
    }),
  ),
}));

/** The entries of any small tree, in the order of the protocol. */
export const treeEntries: fc.Arbitrary<Entry[]> = fc
  .tuple(metadata, fc.array(node, { maxLength: 6 }))
  .map(([root, children]) => {
    const found = new Map<string, Entry>();
    collect({ name: Buffer.alloc(0), leaf: null, metadata: root, size: 0, children }, Buffer.alloc(0), found);
    return [...found.values()].sort((a, b) => comparePaths(a.path, b.path));
  });

/** Names that occur twice in a directory are taken once. */
function collect(from: Node, path: Buffer, into: Map<string, Entry>): void {
  const key = path.toString('latin1');
  if (into.has(key)) return;
  const kind = from.leaf ?? 'directory';
  into.set(key, {
    path,
    kind,
    ...from.metadata,
    size: kind === 'file' || kind.endsWith('device') ? from.size : 0,
    target: kind === 'symlink' ? Buffer.from('../anywhere') : null,
    sparse: kind === 'file' && from.size % 2 === 1,
    unreadable: kind === 'directory' && from.size % 2 === 1,
    changedWhileRead: false,
    digest: null,
  });
  if (kind !== 'directory') return;
  for (const child of from.children)
    collect(
      child,
      path.length === 0 ? child.name : Buffer.concat([path, Buffer.from('/'), child.name]),
      into,
    );
}

export const readOutcome: fc.Arbitrary<ReadOutcome> = fc.record({
  status: fc.constantFrom('whole', 'changed', 'unreadable', 'vanished', 'digest-only'),
  size: safeSize,
  mtimeNs: i64,
  ctimeNs: i64,
  digest,
});

export const manifestDigest = fc.option(digest, { nil: null });
