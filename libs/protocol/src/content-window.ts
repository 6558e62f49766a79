import { SessionError } from './errors.js';
import { encodeStaged } from './staged-frame.js';

/** No window is smaller: the frames of a client fit into seven eighths of it. */
export const LEAST_CONTENT_WINDOW_BYTES = 512 * 1024;
/** At the start of a session, unless the server is told otherwise. */
export const DEFAULT_CONTENT_WINDOW_BYTES = 1024 * 1024;

/** The window grows by one byte for so many staged: what one death costs stays a fixed part of what crossed. */
const STAGED_PER_GROWTH = 16;
/** A second of 64 MiB/s, a twentieth of 1.3 GB/s: nobody needs more, and a peer that fails to read holds no more. */
const MOST_WINDOW_BYTES = 64 * 1024 * 1024;
/** The client hears at the latest after so much, and earlier while the window is small. */
const TELL_AFTER_BYTES = 2 * 1024 * 1024;

/**
 * How much content a client may have on its way that the server has not staged yet: that is what has to be sent again
 * when the server dies. The server's side; decides, counts and refuses. SPEC.md §5.5.
 */
export class ContentWindow {
  private announcedBytes = 0;
  private takenBytes = 0;
  private toldBytes = 0;
  private limitBytes: number;
  private tellAfterBytes: number;

  constructor(private readonly startBytes: number) {
    if (startBytes < LEAST_CONTENT_WINDOW_BYTES)
      throw new RangeError(`A window of ${startBytes} bytes is too small for the frames of a client.`);
    this.limitBytes = startBytes;
    this.tellAfterBytes = tellAfter(startBytes);
  }

  /** Counts a frame of content by its header. @throws SessionError WINDOW_EXCEEDED */
  announce(payloadBytes: number): void {
    this.announcedBytes += payloadBytes;
    if (this.announcedBytes > this.limitBytes)
      throw new SessionError(
        'WINDOW_EXCEEDED',
        `The client sends byte ${this.announcedBytes} of content; ${this.limitBytes} are allowed so far.`,
      );
  }

  /** Counts content that was handed to the storage. */
  take(bytes: number): void {
    this.takenBytes += bytes;
  }

  /** Enough was taken that the client should hear of it: stage it, then {@link tell}. */
  get isDue(): boolean {
    return this.takenBytes - this.toldBytes >= this.tellAfterBytes;
  }

  /** Everything taken is staged: the frame that says so and moves the limit. */
  tell(): Buffer {
    const windowBytes = Math.min(
      Math.max(MOST_WINDOW_BYTES, this.startBytes),
      this.startBytes + Math.floor(this.takenBytes / STAGED_PER_GROWTH),
    );
    this.toldBytes = this.takenBytes;
    this.limitBytes = this.takenBytes + windowBytes;
    this.tellAfterBytes = tellAfter(windowBytes);
    return encodeStaged({ stagedBytes: this.toldBytes, limitBytes: this.limitBytes });
  }
}

/** Often enough that a client, when the server keeps up, has nearly all of its window ahead of it. */
function tellAfter(windowBytes: number): number {
  return Math.min(Math.floor(windowBytes / 8), TELL_AFTER_BYTES);
}
