import { SessionError, type Entry } from '@periodic-backup/protocol';

const DROP_TAKEN_AFTER = 4096;

/** An offered entry until it is settled and everything before it is. */
export interface PendingEntry {
  readonly entry: Entry;
  /** The file of the snapshot before at the same path, null if there is none with content. */
  readonly previous: Entry | null;
  want: 'nothing' | 'content' | 'digest';
  /** Leading bytes that are staged. */
  offset: number;
  /** What is recorded: undefined while open, null if it is left out. */
  settled: Entry | null | undefined;
}

/** Offered entries in order, handed on in that order as they are settled. The session's window bounds them. */
export class PendingEntries {
  private queue: PendingEntry[] = [];
  private head = 0;
  private readonly wanted = new Map<number, PendingEntry>();

  constructor(private readonly onSettled: (entry: Entry) => void) {}

  get isEmpty(): boolean {
    return this.head === this.queue.length;
  }

  /** Adds an entry that is settled already. */
  addSettled(entry: Entry): void {
    if (this.isEmpty) this.onSettled(entry);
    else this.queue.push({ entry, previous: null, want: 'nothing', offset: 0, settled: entry });
  }

  /** Adds an entry of which something is wanted. */
  addWanted(ordinal: number, pending: PendingEntry): void {
    this.wanted.set(ordinal, pending);
    this.queue.push(pending);
  }

  /** @throws SessionError WRONG_ORDER if nothing is wanted of this entry */
  get(ordinal: number): PendingEntry {
    const pending = this.wanted.get(ordinal);
    if (pending) return pending;
    throw new SessionError('WRONG_ORDER', `Nothing is wanted of entry ${ordinal}.`);
  }

  /** Settles an entry; true if it could be handed on at once, false if one before it is still open. */
  settle(ordinal: number, settled: Entry | null): boolean {
    const pending = this.get(ordinal);
    this.wanted.delete(ordinal);
    pending.settled = settled;
    if (this.queue[this.head] !== pending) return false;
    this.handOn();
    return true;
  }

  private handOn(): void {
    for (let next = this.queue[this.head]; next?.settled !== undefined; next = this.queue[this.head]) {
      this.head++;
      if (next.settled !== null) this.onSettled(next.settled);
    }
    if (this.head === this.queue.length || this.head > DROP_TAKEN_AFTER) {
      this.queue = this.queue.slice(this.head);
      this.head = 0;
    }
  }
}
