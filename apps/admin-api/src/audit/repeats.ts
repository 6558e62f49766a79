const WINDOW_MS = 60_000;
const MAX_KEYS = 10_000;

/** Lets each thing pass once a minute, and counts what it held back meanwhile: refusals must not fill the ledger. */
export class Repeats {
  readonly #seen = new Map<string, { sinceMs: number; heldBack: number }>();

  /** Null: hold it back. Else so many were held back since it passed last. */
  count(key: string, nowMs: number): number | null {
    const seen = this.#seen.get(key);
    if (seen && nowMs - seen.sinceMs < WINDOW_MS) {
      seen.heldBack++;
      return null;
    }
    this.#seen.delete(key);
    // Insertion order is order of time: the oldest go first.
    if (this.#seen.size >= MAX_KEYS) this.#seen.delete(this.#seen.keys().next().value!);
    this.#seen.set(key, { sinceMs: nowMs, heldBack: 0 });
    return seen?.heldBack ?? 0;
  }
}
