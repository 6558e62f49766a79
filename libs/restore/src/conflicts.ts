import type { BigIntStats } from 'node:fs';
import type { ConflictRule } from '@periodic-backup/contracts';
import type { Entry } from '@periodic-backup/protocol';
import type { DestinationTree } from './destination-tree.js';
import { pathBeside } from './destination-tree.js';
import type { Place } from './entry-places.js';
import type { LinkPlaces } from './link-places.js';
import type { RestoreState } from './restore-state.js';
import { holdsSame, looksSame } from './same-entry.js';

export interface Decision {
  /** `repair`: the content is there, owner or mode differ. `conflict`: the rule forbids what would be needed. */
  readonly action: 'create' | 'overwrite' | 'repair' | 'skip' | 'rename' | 'unchanged' | 'conflict';
  /** As what it counts for the person who reads the result. */
  readonly counts: 'created' | 'overwritten' | 'skipped' | 'renamed' | 'unchanged';
  /** Where the entry is restored, below the destination. */
  readonly target: Buffer;
  /** Nothing can stand there. */
  readonly fresh: boolean;
}

export interface ConflictOptions {
  readonly rule: ConflictRule;
  readonly snapshot: string;
  readonly state: RestoreState;
  readonly links: LinkPlaces;
  /** True if owner or mode of what stands there are not the entry's. */
  readonly differs: (entry: Entry, found: BigIntStats) => boolean;
  /** Called often; throws to stop. */
  readonly check: () => void;
}

/** Decides what happens to an entry where something stands in its way. Writes nothing. */
export class Conflicts {
  constructor(
    private readonly tree: DestinationTree,
    private readonly options: ConflictOptions,
  ) {}

  /** How restored files are named that give way: `<name>.restored-<snapshot>`. */
  get restoredEnding(): string {
    return `.restored-${this.options.snapshot}`;
  }

  /** The decision on an entry that nothing can be in the way of; null if one has to look. */
  quickly({ target, fresh }: Place): Decision | null {
    return fresh ? { action: 'create', counts: 'created', target, fresh } : null;
  }

  /** @throws the system's error if what stands there cannot be looked at */
  async decide(entry: Entry, { target, fresh }: Place): Promise<Decision> {
    const found = fresh ? null : this.tree.look(target);
    if (!found) return { action: 'create', counts: 'created', target, fresh };
    if (await this.#isSame(entry, target, found)) return this.#keep(entry, target, found);
    const { rule } = this.options;
    switch (rule) {
      case 'fail':
        return { action: 'conflict', counts: 'skipped', target, fresh };
      case 'skip':
        return { action: 'skip', counts: 'skipped', target, fresh };
      case 'overwrite':
        return { action: 'overwrite', counts: 'overwritten', target, fresh };
      case 'rename':
        return this.#beside(entry, target);
    }
  }

  #keep(entry: Entry, target: Buffer, found: BigIntStats): Decision {
    const ours = this.#isOurs(entry, found);
    const differs =
      !ours &&
      this.options.rule === 'overwrite' &&
      entry.kind === 'file' &&
      this.options.differs(entry, found);
    // Names of a file outside the tree must not change with this one.
    if (differs && found.nlink > 1n)
      return { action: 'overwrite', counts: 'overwritten', target, fresh: false };
    if (differs) return { action: 'repair', counts: 'overwritten', target, fresh: false };
    return { action: 'unchanged', counts: ours ? 'created' : 'unchanged', target, fresh: false };
  }

  /** The first free name beside, or one that holds the same already. */
  async #beside(entry: Entry, target: Buffer): Promise<Decision> {
    for (let number = 1; ; number++) {
      const ending = number === 1 ? this.restoredEnding : `${this.restoredEnding}.${number}`;
      const beside = pathBeside(target, ending);
      const found = this.tree.look(beside);
      if (!found) return { action: 'rename', counts: 'renamed', target: beside, fresh: false };
      const ours = this.#isOurs(entry, found);
      if ((entry.kind !== 'directory' || ours) && (await this.#isSame(entry, beside, found)))
        return { action: 'unchanged', counts: ours ? 'renamed' : 'unchanged', target: beside, fresh: false };
    }
  }

  async #isSame(entry: Entry, target: Buffer, found: BigIntStats): Promise<boolean> {
    if (entry.kind === 'hardlink') return this.#isSameLink(entry, found);
    const path = this.tree.reach(target);
    if (!looksSame(entry, found, path)) return false;
    if (entry.kind !== 'file' || this.#isOurs(entry, found)) return true;
    // The very inode that was backed up, untouched since: nobody can set a ctime.
    if (found.ctimeNs === entry.ctimeNs && found.mtimeNs === entry.mtimeNs) return true;
    return holdsSame(path, entry, this.options.check);
  }

  #isSameLink(entry: Entry, found: BigIntStats): boolean {
    const first = entry.target && this.options.links.find(entry.target);
    const inode = first && this.tree.look(first);
    return inode?.isFile() === true && inode.ino === found.ino && inode.dev === found.dev;
  }

  /** True if an earlier attempt of this run restored it. */
  #isOurs(entry: Entry, found: BigIntStats): boolean {
    return this.options.state.madeByRun(entry.kind === 'directory' ? found.birthtimeNs : found.ctimeNs);
  }
}
