import { DIGEST_BYTES, digestOf, type Entry, type ReadOutcome } from '../src/index.js';

/** An entry with every member at a plain value. */
export function entryOf(path: string | Buffer, rest: Partial<Entry> = {}): Entry {
  return {
    path: Buffer.from(path),
    kind: 'file',
    mode: 0o644,
    uid: 1000,
    gid: 100,
    size: 0,
    mtimeNs: 1_763_850_000_123_456_789n,
    ctimeNs: -1n,
    target: null,
    sparse: false,
    unreadable: false,
    changedWhileRead: false,
    digest: null,
    ...rest,
  };
}

export function directoryOf(path: string): Entry {
  return entryOf(path, { kind: 'directory', mode: 0o755 });
}

/** The outcome of a file that was read whole. */
export function wholeOf(content: Buffer): ReadOutcome {
  return { status: 'whole', size: content.length, mtimeNs: 1n, ctimeNs: 2n, digest: digestOf(content) };
}

/** An outcome without content. */
export function outcomeOf(status: ReadOutcome['status'], rest: Partial<ReadOutcome> = {}): ReadOutcome {
  return { status, size: 0, mtimeNs: 1n, ctimeNs: 2n, digest: Buffer.alloc(DIGEST_BYTES), ...rest };
}
