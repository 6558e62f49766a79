import { readFileSync } from 'node:fs';
import type { Owners } from '@periodic-backup/protocol';

/** Owners per OWNERS frame: far below its cap even with the longest names. */
const NAMES_PER_FRAME = 500;

/** Collects the names of user and group ids the first time an entry uses them. */
export class OwnerNames {
  readonly #seenUsers = new Set<number>();
  readonly #seenGroups = new Set<number>();
  readonly #users: ReadonlyMap<number, string>;
  readonly #groups: ReadonlyMap<number, string>;
  #newUsers: Record<string, string> = {};
  #newGroups: Record<string, string> = {};
  #newCount = 0;

  constructor(passwdFile = '/etc/passwd', groupFile = '/etc/group') {
    this.#users = readNames(passwdFile);
    this.#groups = readNames(groupFile);
  }

  see(uid: number, gid: number): void {
    if (!this.#seenUsers.has(uid)) {
      this.#seenUsers.add(uid);
      const name = this.#users.get(uid);
      if (name !== undefined) this.#newUsers[uid] = name;
      this.#newCount++;
    }
    if (!this.#seenGroups.has(gid)) {
      this.#seenGroups.add(gid);
      const name = this.#groups.get(gid);
      if (name !== undefined) this.#newGroups[gid] = name;
      this.#newCount++;
    }
  }

  /** True if so many are waiting that they should go out before more entries are read. */
  get full(): boolean {
    return this.#newCount >= NAMES_PER_FRAME;
  }

  /** Names not handed out before, or null if there are none. */
  take(): Owners | null {
    const users = this.#newUsers;
    const groups = this.#newGroups;
    this.#newUsers = {};
    this.#newGroups = {};
    this.#newCount = 0;
    if (Object.keys(users).length + Object.keys(groups).length === 0) return null;
    return { users, groups };
  }
}

/** `name:…:id:…` per line, as in passwd(5) and group(5); a file that cannot be read gives no names. */
function readNames(file: string): Map<number, string> {
  const names = new Map<number, string>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return names;
  }
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id && /^\d+$/.test(id) && !names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
