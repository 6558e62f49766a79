import { readFileSync } from 'node:fs';
import type { Entry } from '@periodic-backup/protocol';

type Names = Readonly<Record<string, string>>;

/** Whose an entry is on this machine: by name where both machines know it, else by number. */
export class LocalOwners {
  readonly #users: IdMap;
  readonly #groups: IdMap;

  constructor(users: Names, groups: Names, passwdFile = '/etc/passwd', groupFile = '/etc/group') {
    this.#users = new IdMap(users, passwdFile);
    this.#groups = new IdMap(groups, groupFile);
  }

  uidOf({ uid }: Entry): number {
    return this.#users.localOf(uid);
  }

  gidOf({ gid }: Entry): number {
    return this.#groups.localOf(gid);
  }
}

/** Ids of the machine that was backed up → ids here. */
class IdMap {
  readonly #known = new Map<number, number>();
  readonly #idOfName: ReadonlyMap<string, number>;

  constructor(
    private readonly names: Names,
    file: string,
  ) {
    this.#idOfName = readIds(file);
  }

  localOf(id: number): number {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const name = this.names[id];
    const local = (name === undefined ? undefined : this.#idOfName.get(name)) ?? id;
    this.#known.set(id, local);
    return local;
  }
}

/** `name:…:id:…` per line, as in passwd(5) and group(5); a file that cannot be read gives no ids. */
function readIds(file: string): Map<string, number> {
  const ids = new Map<string, number>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return ids;
  }
  for (const line of text.split('\n')) {
    const [name, , id] = line.split(':');
    if (name && id && /^\d+$/.test(id) && !ids.has(name)) ids.set(name, Number(id));
  }
  return ids;
}
