import { checkPath } from './entry-order.js';
import { SessionError } from './errors.js';
import { checkFetch, readFetch, type FetchItem } from './fetch-frame.js';
import { viewOf } from './integers.js';
import type { List } from './read-messages.js';

interface Fetches {
  readonly payload: Buffer;
  readonly view: DataView;
  at: number;
}

/** What a reader has asked for and not been answered, in the order asked. Holds payloads, not an object per item. */
export class RequestQueue {
  private readonly requests: (List | Fetches)[] = [];
  private listOpen = false;
  private openItems = 0;

  /** @param fetchWindow items that may be unanswered */
  constructor(private readonly fetchWindow: number) {}

  get isEmpty(): boolean {
    return !this.listOpen && this.openItems === 0;
  }

  /** Before another FETCH is even held. @throws SessionError WINDOW_EXCEEDED */
  checkWindow(items = 1): void {
    if (this.openItems + items <= this.fetchWindow) return;
    throw new SessionError(
      'WINDOW_EXCEEDED',
      `The client asks for more files while ${this.openItems} are unanswered; the window is ${this.fetchWindow}.`,
    );
  }

  /** Takes a FETCH payload, which is copied. @throws SessionError BAD_FRAME, BAD_PATH, WINDOW_EXCEEDED */
  addFetch(payload: Buffer): void {
    const items = checkFetch(payload);
    this.checkWindow(items);
    const copy = Buffer.from(payload);
    this.openItems += items;
    this.requests.push({ payload: copy, view: viewOf(copy), at: 0 });
  }

  /** @throws SessionError WRONG_ORDER, BAD_PATH */
  addList(list: List): void {
    for (const path of [list.below, list.from]) if (path && path.length > 0) checkPath(path);
    if (this.listOpen)
      throw new SessionError('WRONG_ORDER', 'The client sent LIST while another one is unanswered.');
    this.listOpen = true;
    this.requests.push(list);
  }

  /** The LIST or the file to answer next, null if there is none. Stays unanswered until it is told as answered. */
  next(): List | FetchItem | null {
    const first = this.requests[0];
    if (!first) return null;
    if ('depth' in first) {
      this.requests.shift();
      return first;
    }
    const { item, end } = readFetch(first.payload, first.view, first.at);
    first.at = end;
    if (end === first.payload.length) this.requests.shift();
    return item;
  }

  listAnswered(): void {
    this.listOpen = false;
  }

  fileAnswered(): void {
    this.openItems--;
  }
}
