import { SessionError } from './errors.js';
import type { Decision } from './snapshot-sink.js';
import type { WantItem } from './want-frame.js';

interface OpenEntry {
  readonly what: 'content' | 'digest';
  readonly offset: number;
  readonly again: boolean;
}

const CONTENT_FROM_START: OpenEntry = { what: 'content', offset: 0, again: false };
const DIGEST: OpenEntry = { what: 'digest', offset: 0, again: false };
const CONTENT_AGAIN: OpenEntry = { what: 'content', offset: 0, again: true };

/** What the server has asked for and not got yet, within the entry window. SPEC.md §3, §4. */
export class OpenEntries {
  private readonly entries = new Map<number, OpenEntry>();
  private askedAgain = 0;
  private openAgain = 0;
  private voidCommits = 0;

  constructor(private readonly entryWindow: number) {}

  /**
   * Before another entry is taken. Files asked for again do not count at once, because the client cannot know of
   * them yet; one more window bounds them.
   * @throws SessionError WINDOW_EXCEEDED
   */
  checkWindow(): void {
    const open = this.entries.size;
    if (open - this.openAgain < this.entryWindow && open < 2 * this.entryWindow) return;
    throw new SessionError(
      'WINDOW_EXCEEDED',
      `The client sent more entries while ${open} were open; the window is ${this.entryWindow}.`,
    );
  }

  /** Remembers a decision; returns what to ask for, null if nothing is wanted. */
  open(ordinal: number, decision: Decision): WantItem | null {
    if (decision.want === 'nothing') return null;
    const open =
      decision.want === 'digest'
        ? DIGEST
        : decision.offset === 0
          ? CONTENT_FROM_START
          : { what: 'content' as const, offset: decision.offset, again: false };
    this.entries.set(ordinal, open);
    return { ordinal, what: open.what, offset: open.offset };
  }

  /** @throws SessionError WRONG_ORDER if nothing is wanted of this entry */
  get(ordinal: number): OpenEntry {
    const open = this.entries.get(ordinal);
    if (open) return open;
    throw new SessionError(
      'WRONG_ORDER',
      `The client answered for entry ${ordinal}, of which nothing is wanted.`,
    );
  }

  /** The entry is settled. */
  close(ordinal: number): void {
    if (this.get(ordinal).again) this.openAgain--;
    this.entries.delete(ordinal);
  }

  /** The entry's content is wanted once more, from its start. @throws SessionError DIGEST_MISMATCH the second time */
  reopen(ordinal: number): WantItem {
    if (this.get(ordinal).again)
      throw new SessionError(
        'DIGEST_MISMATCH',
        `The content of entry ${ordinal} disagreed with its digest twice.`,
      );
    this.entries.set(ordinal, CONTENT_AGAIN);
    this.openAgain++;
    this.askedAgain++;
    return { ordinal, what: 'content', offset: 0 };
  }

  /**
   * True if a COMMIT is good now, false if it is void because it crossed a repeated request on the wire.
   * @throws SessionError WRONG_ORDER if the client still owes what it knows of
   */
  readyToCommit(): boolean {
    if (this.entries.size === 0) return true;
    if (this.entries.size === this.openAgain && ++this.voidCommits <= this.askedAgain) return false;
    throw new SessionError(
      'WRONG_ORDER',
      `The client sent COMMIT while it owes ${this.entries.size} answers.`,
    );
  }
}
