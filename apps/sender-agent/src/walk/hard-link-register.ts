/** Beyond this many inodes whose other names are still to come, a further name is sent as a plain file. */
export const MAX_LINKED_INODES = 100_000;

/** Remembers the first path of files with several names until all their names were seen. */
export class HardLinkRegister {
  readonly #first = new Map<string, { path: Buffer; namesLeft: number }>();
  #overflowed = 0;

  constructor(private readonly capacity = MAX_LINKED_INODES) {}

  /** The path seen first for this inode, or null if `path` is the first (or there was no room to remember). */
  firstNameOf(dev: bigint, ino: bigint, names: number, path: Buffer): Buffer | null {
    const key = `${dev}:${ino}`;
    const known = this.#first.get(key);
    if (known) {
      if (--known.namesLeft === 0) this.#first.delete(key);
      return known.path;
    }
    if (this.#first.size >= this.capacity) this.#overflowed++;
    else this.#first.set(key, { path, namesLeft: names - 1 });
    return null;
  }

  /** Names sent as plain files because there was no room: their link to each other is lost, their content is not. */
  get overflowed(): number {
    return this.#overflowed;
  }
}
