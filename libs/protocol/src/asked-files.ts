import { SessionError } from './errors.js';
import { MAX_FETCH_WINDOW } from './read-messages.js';

/** The files a client has asked for and not been answered, in the order asked. No object per file. SPEC.md §8. */
export class AskedFiles {
  private readonly offsets = new Float64Array(MAX_FETCH_WINDOW);
  /** Infinity: to the end. */
  private readonly lengths = new Float64Array(MAX_FETCH_WINDOW);
  private asked = 0;
  private answered = 0;

  get count(): number {
    return this.asked - this.answered;
  }

  /** The id that the next one asked for will have. */
  get nextId(): number {
    return idOf(this.asked);
  }

  /** The caller keeps to the window. */
  add(offset: number, lengthBytes: number | null): void {
    const at = this.asked % MAX_FETCH_WINDOW;
    this.offsets[at] = offset;
    this.lengths[at] = lengthBytes ?? Infinity;
    this.asked++;
  }

  /** What the next answer must be about. @throws SessionError WRONG_ORDER if it is about something else */
  next(id: number): { readonly offset: number; readonly lengthBytes: number } {
    if (this.count === 0 || id !== idOf(this.answered))
      throw new SessionError(
        'WRONG_ORDER',
        `The server answers for file ${id}, which is not the next asked.`,
      );
    const at = this.answered % MAX_FETCH_WINDOW;
    return { offset: this.offsets[at] as number, lengthBytes: this.lengths[at] as number };
  }

  /** The next one is answered. */
  settle(): void {
    this.answered++;
  }
}

/** Ids are u32 and begin anew. */
function idOf(number: number): number {
  return number % 2 ** 32;
}
