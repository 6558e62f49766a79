import {
  chmodSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  futimesSync,
  lchownSync,
  lutimesSync,
  type BigIntStats,
} from 'node:fs';
import type { Entry } from '@periodic-backup/protocol';
import { errnoOf, type OpenDirectory } from '@periodic-backup/local-files';
import { fileTime } from './file-time.js';
import type { LocalOwners } from './local-owners.js';

const MODE_BITS = 0o7777;
/** The bits that change who a program runs as. */
const SET_ID_BITS = 0o6000;

/** Gives what was restored the owner, mode and time of its entry, in the order in which none undoes another. */
export class EntryMetadata {
  /** Entries whose owner could not be set, for only root may give files away. */
  ownersLeft = 0;
  readonly #isRoot = process.geteuid?.() === 0;
  readonly #uid = process.geteuid?.() ?? 0;
  readonly #gid = process.getegid?.() ?? 0;

  #born: {
    readonly directory: OpenDirectory;
    readonly mode: number;
    readonly uid: number;
    readonly gid: number;
    readonly right: boolean;
  } | null = null;

  constructor(private readonly owners: LocalOwners) {}

  /** @throws the system's error */
  toDescriptor(descriptor: number, entry: Entry): void {
    const owned = this.#own(entry, (uid, gid) => fchownSync(descriptor, uid, gid));
    fchmodSync(descriptor, permittedMode(entry, owned));
    const time = fileTime(entry.mtimeNs);
    futimesSync(descriptor, time, time);
  }

  /** The mode to make a file with, before {@link toNewFile}. */
  creationMode({ mode }: Entry): number {
    return mode & 0o777;
  }

  /**
   * The same for a file just made with {@link creationMode} in an open directory. Most are born with the right owner and
   * mode: that is looked at once for all files alike in a directory, and saves two calls for each.
   */
  toNewFile(descriptor: number, directory: OpenDirectory, entry: Entry): void {
    const { mode, uid, gid } = entry;
    const born = this.#born;
    if (born?.directory !== directory || born.mode !== mode || born.uid !== uid || born.gid !== gid)
      this.#born = { directory, mode, uid, gid, right: this.#isBornRight(descriptor, entry) };
    if (!this.#born?.right) {
      this.toDescriptor(descriptor, entry);
      return;
    }
    const time = fileTime(entry.mtimeNs);
    futimesSync(descriptor, time, time);
  }

  /** For what cannot be opened: symbolic links, which are not followed, and special files just made. */
  toPath(path: Buffer, entry: Entry): void {
    const owned = this.#own(entry, (uid, gid) => lchownSync(path, uid, gid));
    if (entry.kind !== 'symlink') chmodSync(path, permittedMode(entry, owned));
    const time = fileTime(entry.mtimeNs);
    lutimesSync(path, time, time);
  }

  /** True if what stands there has another owner or mode than {@link toDescriptor} would give it. */
  differs(entry: Entry, found: BigIntStats): boolean {
    const uid = this.owners.uidOf(entry);
    const gid = this.owners.gidOf(entry);
    const owned = Number(found.uid) === uid && Number(found.gid) === gid;
    return (this.#isRoot && !owned) || (Number(found.mode) & MODE_BITS) !== permittedMode(entry, owned);
  }

  #isBornRight(descriptor: number, entry: Entry): boolean {
    const { mode, uid, gid } = fstatSync(descriptor);
    return (
      (mode & MODE_BITS) === entry.mode &&
      uid === this.owners.uidOf(entry) &&
      gid === this.owners.gidOf(entry)
    );
  }

  /** True if the owner is as recorded. */
  #own(entry: Entry, chown: (uid: number, gid: number) => void): boolean {
    const uid = this.owners.uidOf(entry);
    const gid = this.owners.gidOf(entry);
    if (this.#isRoot) {
      try {
        chown(uid, gid);
        return true;
      } catch (error) {
        // Root of a container may own a few ids only.
        if (errnoOf(error) !== 'EPERM' && errnoOf(error) !== 'EINVAL') throw error;
      }
    } else if (uid === this.#uid && gid === this.#gid) return true;
    this.ownersLeft++;
    return false;
  }
}

/** A program must not run as whoever happened to restore it. */
function permittedMode({ mode }: Entry, owned: boolean): number {
  return owned ? mode & MODE_BITS : mode & MODE_BITS & ~SET_ID_BITS;
}
