import { closeSync, fstatSync, lstatSync, opendirSync, readlinkSync, type BigIntStats } from 'node:fs';
import { MAX_NAME_BYTES, MAX_PATH_BYTES, type Entry } from '@periodic-backup/protocol';
import {
  entryOf,
  errnoOf,
  isGone,
  joinPath,
  kindOf,
  openBelow,
  openRoot,
  SafeWay,
  type OpenDirectory,
} from '@periodic-backup/local-files';
import { ExcludeRules } from './exclude-rules.js';
import { HardLinkRegister } from './hard-link-register.js';
import { PackedNames } from './packed-names.js';

/** An entry and what identifies its inode on this machine. */
export interface WalkedEntry {
  readonly entry: Entry;
  readonly dev: bigint;
  readonly ino: bigint;
  /** The inode has more names than this one. */
  readonly linked: boolean;
}

/** A path that could not be listed or looked at. */
export type ProblemListener = (path: Buffer, errno: string) => void;

/** A path that a rule leaves out, where it can be reached now, and the index of the rule. */
export type ExcludedListener = (path: Buffer, access: Buffer, isDirectory: boolean, rule: number) => void;

interface Frame {
  readonly path: Buffer;
  readonly directory: OpenDirectory;
  /** A plain path that leads here and nowhere else, if there is one: the system follows it in half the time. */
  readonly safe: SafeWay | null;
  readonly names: PackedNames;
  next: number;
}

const EMPTY = Buffer.alloc(0);

/**
 * Walks a source depth first, children in byte order, and hands out one entry at a time. Memory is constant in the
 * size of the tree: per level the names of one directory. Links are entries, never ways. Holds one descriptor per level.
 */
export class SourceWalk {
  readonly #frames: Frame[] = [];
  readonly #excludes: ExcludeRules;
  readonly #links: HardLinkRegister;
  #started = false;

  constructor(
    private readonly root: Buffer,
    excludes: readonly string[],
    private readonly onProblem: ProblemListener,
    links = new HardLinkRegister(),
    private readonly onExcluded: ExcludedListener | null = null,
  ) {
    this.#excludes = new ExcludeRules(excludes);
    this.#links = links;
  }

  /** Hard-linked names that are sent as plain files, because too many were to be remembered. */
  get unlinkedNames(): number {
    return this.#links.overflowed;
  }

  /** The next entry; null at the end. The first is the source itself. @throws if the source cannot be opened */
  next(): WalkedEntry | null {
    if (!this.#started) {
      this.#started = true;
      return this.#openSource();
    }
    for (let frame = this.#frames.at(-1); frame; frame = this.#frames.at(-1)) {
      if (frame.next === frame.names.count) {
        this.#frames.pop();
        closeSync(frame.directory.descriptor);
        continue;
      }
      const walked = this.#visit(frame, frame.names.at(frame.next++));
      if (walked) return walked;
    }
    return null;
  }

  /** Lets go of open directories; needed only when the walk is given up. */
  close(): void {
    for (const frame of this.#frames.splice(0)) closeSync(frame.directory.descriptor);
  }

  #openSource(): WalkedEntry {
    const directory = openRoot(this.root);
    const stats = fstatSync(directory.descriptor, { bigint: true });
    const errno = this.#push(EMPTY, directory, SafeWay.to(this.root, directory.descriptor));
    return walkedOf(entryOf(EMPTY, 'directory', stats, { unreadable: errno !== null }), stats);
  }

  #visit(frame: Frame, name: Buffer): WalkedEntry | null {
    const path = Buffer.from(joinPath(frame.path, name));
    if (path.length > MAX_PATH_BYTES || name.length > MAX_NAME_BYTES) {
      this.onProblem(path, 'ENAMETOOLONG');
      return null;
    }
    const access = Buffer.concat([frame.directory.prefix, name]);
    try {
      const stats = lstatSync(access, { bigint: true });
      return this.#describe(frame, name, path, access, stats);
    } catch (error) {
      // What has gone since its directory was listed is simply not part of the source any more.
      const errno = errnoOf(error);
      if (!isGone(errno)) this.onProblem(path, errno);
      return null;
    }
  }

  #describe(
    frame: Frame,
    name: Buffer,
    path: Buffer,
    access: Buffer,
    stats: BigIntStats,
  ): WalkedEntry | null {
    const kind = kindOf(stats);
    switch (kind) {
      case null:
        this.onProblem(path, 'EINVAL');
        return null;
      case 'directory': {
        const errno = this.#enter(frame, name, path);
        if (errno !== null && isGone(errno)) return null;
        return walkedOf(entryOf(path, kind, stats, { unreadable: errno !== null }), stats);
      }
      case 'symlink': {
        const target = readlinkSync(access, { encoding: 'buffer' });
        return walkedOf(entryOf(path, kind, stats, { target }), stats);
      }
      case 'file': {
        const target =
          stats.nlink > 1n ? this.#links.firstNameOf(stats.dev, stats.ino, Number(stats.nlink), path) : null;
        return walkedOf(
          target ? entryOf(path, 'hardlink', stats, { target }) : entryOf(path, 'file', stats),
          stats,
        );
      }
      default:
        return walkedOf(entryOf(path, kind, stats), stats);
    }
  }

  /** Lists a directory before its own entry goes out: the entry says whether that was possible. */
  #enter(frame: Frame, name: Buffer, path: Buffer): string | null {
    let directory: OpenDirectory;
    try {
      directory = openBelow(frame.directory, name);
    } catch (error) {
      const errno = errnoOf(error);
      if (!isGone(errno)) this.onProblem(path, errno);
      return errno;
    }
    return this.#push(path, directory, frame.safe?.below(name, directory.descriptor) ?? null);
  }

  #push(path: Buffer, opened: OpenDirectory, safe: SafeWay | null): string | null {
    const directory = safe?.shorten(opened) ?? opened;
    try {
      // Without the right to search, every child would fail by itself: the directory is what cannot be read.
      lstatSync(Buffer.concat([directory.prefix, Buffer.from('.')]));
      const names = this.#list(path, directory);
      this.#frames.push({ path, directory, safe, names, next: 0 });
      return null;
    } catch (error) {
      closeSync(directory.descriptor);
      const errno = errnoOf(error);
      this.onProblem(path, errno);
      return errno;
    }
  }

  #list(path: Buffer, directory: OpenDirectory): PackedNames {
    const names = new PackedNames();
    const excludes = this.#excludes;
    const listing = opendirSync(directory.prefix as unknown as string, {
      encoding: 'buffer' as BufferEncoding,
      bufferSize: 256,
    });
    try {
      for (let item = listing.readSync(); item; item = listing.readSync()) {
        const name = item.name as unknown as Buffer;
        const isDirectory = item.isDirectory();
        if (!excludes.any || !excludes.excludes(joinPath(path, name), isDirectory)) names.add(name);
        else if (this.onExcluded) this.#tellExcluded(this.onExcluded, path, directory, name, isDirectory);
      }
    } finally {
      listing.closeSync();
    }
    names.sort();
    return names;
  }

  #tellExcluded(
    tell: ExcludedListener,
    parent: Buffer,
    { prefix }: OpenDirectory,
    name: Buffer,
    isDirectory: boolean,
  ): void {
    const path = Buffer.from(joinPath(parent, name));
    const rule = this.#excludes.ruleOf(path, isDirectory);
    if (rule !== null) tell(path, Buffer.concat([prefix, name]), isDirectory, rule);
  }
}

function walkedOf(entry: Entry, stats: BigIntStats): WalkedEntry {
  return { entry, dev: stats.dev, ino: stats.ino, linked: stats.nlink > 1n };
}
