import { PRESENCE_TTL_MS } from '@periodic-backup/contracts';
import type { z } from 'zod';

export interface Announced<T> {
  readonly presence: T;
  readonly online: boolean;
}

/**
 * Reads heartbeats of one kind. They change every 2 s and are asked for hundreds of times in between: one that was
 * read before is not parsed again. Those that do not fit are left out: another version may have written them.
 */
export class Heartbeats<T extends { seenAt: string }> {
  #parsed = new Map<string, T | null>();

  constructor(private readonly schema: z.ZodType<T>) {}

  /** All fields of the hash. */
  all(fields: Readonly<Record<string, string>>): Announced<T>[] {
    const known = this.#parsed;
    this.#parsed = new Map(
      Object.values(fields).map((text) => {
        const before = known.get(text);
        return [text, before === undefined ? this.#parse(text) : before];
      }),
    );
    return [...this.#parsed.values()].flatMap((presence) => (presence === null ? [] : [announced(presence)]));
  }

  /** Those under keys of their own, by id; what speaks for another than its key is left out. */
  own(
    ids: readonly string[],
    texts: readonly (string | null)[],
    idOf: (presence: T) => string,
  ): Announced<T>[] {
    const known = this.#parsed;
    this.#parsed = new Map();
    return ids.flatMap((id, at) => {
      const text = texts[at] ?? null;
      if (text === null) return [];
      const before = known.get(text);
      const presence = before === undefined ? this.#parse(text) : before;
      this.#parsed.set(text, presence);
      return presence !== null && idOf(presence) === id ? [announced(presence)] : [];
    });
  }

  #parse(text: string): T | null {
    try {
      return this.schema.safeParse(JSON.parse(text)).data ?? null;
    } catch {
      return null;
    }
  }
}

function announced<T extends { seenAt: string }>(presence: T): Announced<T> {
  return { presence, online: Date.now() - Date.parse(presence.seenAt) < PRESENCE_TTL_MS };
}
