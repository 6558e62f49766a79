import { LEAST_CONTENT_WINDOW_BYTES } from './content-window.js';
import { SessionError } from './errors.js';
import { readStaged } from './staged-frame.js';

/** How much content a client may still send: what the server has granted, checked for sense. SPEC.md §5.5. */
export class ContentCredit {
  private sentBytes = 0;
  private stagedBytes = 0;
  private limitBytes = 0;

  /** The first window, of WELCOME. */
  open(windowBytes: number): void {
    this.limitBytes = windowBytes;
  }

  get roomBytes(): number {
    return this.limitBytes - this.sentBytes;
  }

  /** Counts content that is sent now. @throws SessionError WINDOW_EXCEEDED if the caller did not look for room */
  spend(bytes: number): void {
    if (bytes > this.roomBytes)
      throw new SessionError(
        'WINDOW_EXCEEDED',
        `This side would send ${bytes} bytes of content where ${this.roomBytes} are allowed.`,
      );
    this.sentBytes += bytes;
  }

  /** Takes a STAGED frame. @throws SessionError BAD_FRAME if it cannot be true */
  take(payload: Buffer): void {
    const { stagedBytes, limitBytes } = readStaged(payload);
    if (stagedBytes < this.stagedBytes || stagedBytes > this.sentBytes)
      throw new SessionError(
        'BAD_FRAME',
        `The server says it staged ${stagedBytes} bytes, after ${this.stagedBytes} and of ${this.sentBytes}.`,
      );
    if (limitBytes < this.limitBytes || limitBytes - stagedBytes < LEAST_CONTENT_WINDOW_BYTES)
      throw new SessionError(
        'BAD_FRAME',
        `The server allows ${limitBytes} bytes of content, after ${this.limitBytes} and with ${stagedBytes} staged.`,
      );
    this.stagedBytes = stagedBytes;
    this.limitBytes = limitBytes;
  }
}
