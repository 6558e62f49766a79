import { comparePaths, type Entry, type EntryKind } from '@periodic-backup/protocol';

const NS_PER_SECOND = 1_000_000_000n;
const ROOT = Buffer.alloc(0);
/** 2026-11-22, 11:05:00.123456789 UTC. */
const USUAL_TIME_NS = 1_795_345_500_123_456_789n;

export type EntryTraits = Partial<
  Pick<Entry, 'mode' | 'uid' | 'gid' | 'mtimeNs' | 'ctimeNs' | 'sparse' | 'unreadable' | 'size'>
>;

/** A source directory that exists in memory only. Paths are given as text or as bytes. */
export class MemorySource {
  private readonly items = new Map<string, { entry: Entry; content: Buffer }>();

  constructor() {
    this.directory(ROOT);
  }

  directory(path: string | Buffer, traits: EntryTraits = {}): this {
    return this.add('directory', path, null, { mode: 0o755, ...traits });
  }

  file(path: string | Buffer, content: string | Buffer, traits: EntryTraits = {}): this {
    const bytes = Buffer.from(content);
    return this.add('file', path, null, { ...traits, size: bytes.length }, bytes);
  }

  symlink(path: string | Buffer, target: string | Buffer): this {
    return this.add('symlink', path, Buffer.from(target), { mode: 0o777 });
  }

  hardLink(path: string | Buffer, target: string | Buffer): this {
    return this.add('hardlink', path, Buffer.from(target), {});
  }

  special(kind: 'fifo' | 'socket' | 'character-device' | 'block-device', path: string, size = 0): this {
    return this.add(kind, path, null, { size });
  }

  /** Changes metadata of an entry; its change time moves on unless told. */
  change(path: string, traits: EntryTraits): this {
    const item = this.item(path);
    const ctimeNs = item.entry.ctimeNs + NS_PER_SECOND;
    this.items.set(path, { ...item, entry: { ...item.entry, ctimeNs, ...traits } });
    return this;
  }

  /** Writes other bytes; times move on. */
  rewrite(path: string, content: string | Buffer): this {
    const { entry } = this.item(path);
    const { mode, mtimeNs, ctimeNs } = entry;
    return this.file(path, content, {
      mode,
      mtimeNs: mtimeNs + NS_PER_SECOND,
      ctimeNs: ctimeNs + NS_PER_SECOND,
    });
  }

  /** Removes an entry with all below it. */
  remove(path: string): this {
    for (const key of [...this.items.keys()])
      if (key === path || key.startsWith(`${path}/`)) this.items.delete(key);
    return this;
  }

  content(path: Buffer): Buffer {
    return this.item(path.toString('latin1')).content;
  }

  entries(): Entry[] {
    return [...this.items.values()].map(({ entry }) => entry).sort((a, b) => comparePaths(a.path, b.path));
  }

  private item(key: string): { entry: Entry; content: Buffer } {
    const item = this.items.get(key);
    if (!item) throw new Error(`The source has no "${key}".`);
    return item;
  }

  private add(
    kind: EntryKind,
    path: string | Buffer,
    target: Buffer | null,
    traits: EntryTraits,
    content = ROOT,
  ): this {
    const bytes = Buffer.from(path);
    const entry: Entry = {
      path: bytes,
      kind,
      mode: 0o644,
      uid: 1000,
      gid: 1000,
      size: 0,
      mtimeNs: USUAL_TIME_NS,
      ctimeNs: USUAL_TIME_NS,
      target,
      sparse: false,
      unreadable: false,
      changedWhileRead: false,
      digest: null,
      ...traits,
    };
    this.items.set(bytes.toString('latin1'), { entry, content });
    return this;
  }
}
