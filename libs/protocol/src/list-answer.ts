import { EntriesBatch } from './entries-batch.js';
import { SessionError } from './errors.js';
import { encodeListed, type List } from './read-messages.js';
import type { Entry } from './entry.js';
import type { OpenSnapshot } from './snapshot-source.js';

/** Answers one LIST, a frame at a time. SPEC.md §8. */
export class ListAnswer {
  private readonly entries: Iterator<Entry>;
  private readonly batch = new EntriesBatch();
  private left: number;
  private over = false;

  /** @throws SessionError NOT_FOUND if there is no such directory */
  constructor(
    snapshot: OpenSnapshot,
    { below, from, depth, limit }: List,
    private readonly send: (frame: Buffer) => void,
  ) {
    if (below !== null && snapshot.find(below)?.kind !== 'directory')
      throw new SessionError(
        'NOT_FOUND',
        `The snapshot has no directory ${JSON.stringify(below.subarray(0, 200).toString())}.`,
      );
    this.left = limit;
    this.entries = snapshot.entries({ below, from, depth })[Symbol.iterator]();
  }

  /** Sends the next frame of entries; true once LISTED is sent. */
  step(): boolean {
    for (;;) {
      const next = this.entries.next();
      if (next.done || this.left === 0) {
        this.flush();
        this.send(encodeListed(!next.done));
        this.over = next.done === true;
        this.close();
        return true;
      }
      this.left--;
      if (this.batch.add(next.value)) continue;
      this.flush();
      this.batch.add(next.value);
      return false;
    }
  }

  /** Frees what the listing holds. Safe to repeat. */
  close(): void {
    if (this.over) return;
    this.over = true;
    this.entries.return?.();
  }

  private flush(): void {
    if (this.batch.count > 0) this.send(this.batch.take());
  }
}
