import { SessionError, type WantItem } from '@periodic-backup/protocol';
import type { WalkedEntry } from '../walk/walk-source.js';

/** A regular file that was announced and may still be asked for. */
export interface OpenFile {
  readonly ordinal: number;
  readonly walked: WalkedEntry;
}

/** One request of the receiver for a file. */
export interface Want {
  readonly file: OpenFile;
  readonly what: 'content' | 'digest';
  readonly offset: number;
  /** Asked a second time, after an answer that did not agree with what is staged. */
  readonly again: boolean;
}

/**
 * The entries between announced and settled, bounded by the window. SPEC.md §4, §5.2. Files whose answer may make
 * the receiver ask again (digest only, or the rest of a staged file) are kept until it has decided an
 * entry announced after that answer: both sides handle everything in order, so by then it would have asked.
 */
export class OpenEntries {
  readonly #undecided = new Map<number, OpenFile>();
  readonly #wants: Want[] = [];
  #wantsTaken = 0;
  readonly #answered = new Map<number, { file: OpenFile; announcedThen: number }>();
  #announced = 0;
  #decided = 0;

  constructor(
    private readonly window: number,
    /** The receiver wants every file, unasked. */
    private readonly eager: boolean,
    /** Called for each file of which nothing is wanted: the vault has it already. */
    private readonly onUnwanted: (file: OpenFile) => void,
  ) {}

  announce(walked: WalkedEntry): void {
    const ordinal = this.#announced++;
    if (walked.entry.kind !== 'file') return;
    const file = { ordinal, walked };
    if (this.eager) this.#wants.push({ file, what: 'content', offset: 0, again: false });
    else this.#undecided.set(ordinal, file);
  }

  /** Takes a WANT frame. @throws SessionError WRONG_ORDER if it asks for what is not open */
  decide(decided: number, items: readonly WantItem[]): void {
    if (decided > this.#announced || decided < this.#decided)
      throw new SessionError('WRONG_ORDER', `The receiver decided ${decided} of ${this.#announced} entries.`);
    for (const { ordinal, what, offset } of items) {
      const open = this.#undecided.get(ordinal);
      const file = open ?? this.#answered.get(ordinal)?.file;
      if (!file)
        throw new SessionError('WRONG_ORDER', `The receiver asks for entry ${ordinal}, which is not open.`);
      this.#undecided.delete(ordinal);
      this.#answered.delete(ordinal);
      this.#wants.push({ file, what, offset, again: !open });
    }
    this.#decided = decided;
    for (const [ordinal, file] of this.#undecided) {
      if (ordinal >= decided) break;
      this.#undecided.delete(ordinal);
      this.onUnwanted(file);
    }
    for (const [ordinal, { announcedThen }] of this.#answered) {
      if (announcedThen >= decided) break;
      this.#answered.delete(ordinal);
    }
  }

  /** The next request in the order received, or null. */
  takeWant(): Want | null {
    const want = this.#wants[this.#wantsTaken];
    if (!want) return null;
    this.#wantsTaken++;
    // Shift in bulk: one by one would make a long queue quadratic.
    if (this.#wantsTaken === this.#wants.length || this.#wantsTaken === 4096) {
      this.#wants.splice(0, this.#wantsTaken);
      this.#wantsTaken = 0;
    }
    return want;
  }

  /** Notes that the receiver may come back to this file. */
  keepForRepeat(file: OpenFile): void {
    this.#answered.set(file.ordinal, { file, announcedThen: this.#announced });
  }

  get announced(): number {
    return this.#announced;
  }
  get wanted(): number {
    return this.#wants.length - this.#wantsTaken;
  }
  get undecided(): number {
    return this.eager ? 0 : this.#announced - this.#decided;
  }
  /** How many more entries may be announced now. */
  get room(): number {
    return this.window - this.undecided - this.wanted;
  }
}
