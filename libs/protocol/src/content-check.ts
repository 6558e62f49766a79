import { SessionError } from './errors.js';
import { MOST_HOLE_BYTES } from './content-sender.js';
import { readFileEnd, readHole } from './file-frames.js';
import type { ReadOutcome } from './snapshot-sink.js';

/** One long file between its FILE_START and its FILE_END, as a reader checks it. SPEC.md §8. */
export class ContentCheck {
  private reached: number;
  private readonly end: number;

  /** @param lengthBytes asked for; Infinity: to the end */
  constructor(
    private readonly id: number,
    offset: number,
    lengthBytes: number,
  ) {
    this.reached = offset;
    this.end = offset + lengthBytes;
  }

  /** @throws SessionError SIZE_MISMATCH if more comes than was asked for */
  advance(bytes: number): void {
    this.reached += bytes;
    if (this.reached > this.end || !Number.isSafeInteger(this.reached))
      throw new SessionError('SIZE_MISMATCH', 'The server sends more of a file than was asked for.');
  }

  /** Takes a HOLE; returns its length. @throws SessionError BAD_FRAME, SIZE_MISMATCH */
  hole(payload: Buffer): number {
    const bytes = readHole(payload);
    if (bytes > MOST_HOLE_BYTES)
      throw new SessionError('BAD_FRAME', `The server sends a hole of ${bytes} bytes at once.`);
    this.advance(bytes);
    return bytes;
  }

  /** Takes the FILE_END. @throws SessionError BAD_FRAME, WRONG_ORDER, SIZE_MISMATCH */
  finish(payload: Buffer): ReadOutcome {
    const { ordinal, outcome } = readFileEnd(payload);
    if (ordinal !== this.id)
      throw new SessionError('WRONG_ORDER', `The server ended file ${ordinal} within file ${this.id}.`);
    if (outcome.status !== 'whole' && outcome.status !== 'unreadable')
      throw new SessionError('BAD_FRAME', `The server ended a file as ${outcome.status}.`);
    if (outcome.size !== this.reached)
      throw new SessionError(
        'SIZE_MISMATCH',
        `A file said to end at ${outcome.size} ended at ${this.reached}.`,
      );
    return outcome;
  }
}
