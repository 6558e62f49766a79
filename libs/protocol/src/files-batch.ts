import { OUTCOME_BYTES, statusNumber, writeOutcome } from './file-outcome.js';
import { FILES_ITEM_BYTES, MAX_SMALL_FILE_BYTES } from './files-frame.js';
import { FRAME, FRAME_HEADER_BYTES, writeFrameHeader } from './frame.js';
import { viewOf } from './integers.js';
import type { ReadOutcome } from './snapshot-sink.js';

/** Small enough that a receiver mostly finds a frame whole in what one read brings, and copies nothing. */
const FULL_BYTES = 128 * 1024;
/** Room to read a little more than a small file has, which tells that it grew. */
const RESERVE_HEADROOM_BYTES = 4096;
const MAX_RESERVE_BYTES = MAX_SMALL_FILE_BYTES + RESERVE_HEADROOM_BYTES;
const BUFFER_BYTES = FRAME_HEADER_BYTES + FULL_BYTES + FILES_ITEM_BYTES + MAX_RESERVE_BYTES;
const MOST_SPARE = 16;

/** Builds one FILES frame after another; file content is read straight into it. */
export class FilesBatch {
  private buffer: Buffer | null = null;
  private view: DataView | null = null;
  private readonly spare: Buffer[] = [];
  private end = FRAME_HEADER_BYTES;
  private items = 0;
  private reservedBytes = -1;

  /** Items settled since the last take. */
  get count(): number {
    return this.items;
  }

  /** Payload bytes since the last take. */
  get bytes(): number {
    return this.end - FRAME_HEADER_BYTES;
  }

  /**
   * The place where the content of the next item goes, or null if the batch is full: take first. A place that was
   * not settled is given again.
   * @param lengthBytes at most 65,536, and up to 4 KiB more to notice growth.
   */
  reserve(lengthBytes: number): Buffer | null {
    if (lengthBytes > MAX_RESERVE_BYTES) throw new RangeError(`A small file never has ${lengthBytes} bytes.`);
    const contentAt = this.end + FILES_ITEM_BYTES;
    if (this.bytes >= FULL_BYTES) return null;
    this.buffer ??= this.spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    this.view ??= viewOf(this.buffer);
    this.reservedBytes = lengthBytes;
    return this.buffer.subarray(contentAt, contentAt + lengthBytes);
  }

  /** Completes the item reserved last with the first `contentBytes` of its place. */
  settle(ordinal: number, outcome: ReadOutcome, contentBytes: number): void {
    const { buffer, view, end: at } = this;
    if (!buffer || !view || contentBytes > this.reservedBytes || contentBytes > MAX_SMALL_FILE_BYTES)
      throw new RangeError(`${contentBytes} bytes were not reserved or are too many for FILES.`);
    view.setUint32(at, ordinal);
    view.setUint32(at + 4, statusNumber(outcome.status) << 24);
    view.setUint32(at + 8, contentBytes);
    writeOutcome(buffer, view, at + FILES_ITEM_BYTES - OUTCOME_BYTES, outcome);
    this.end = at + FILES_ITEM_BYTES + contentBytes;
    this.items++;
    this.reservedBytes = -1;
  }

  /** The whole frame, now the caller's; the batch goes on with another buffer. */
  take(): Buffer {
    const frame = (this.buffer ?? Buffer.allocUnsafe(FRAME_HEADER_BYTES)).subarray(0, this.end);
    writeFrameHeader(frame, 0, FRAME.FILES, this.end - FRAME_HEADER_BYTES);
    this.buffer = null;
    this.view = null;
    this.end = FRAME_HEADER_BYTES;
    this.items = 0;
    this.reservedBytes = -1;
    return frame;
  }

  /** Takes back a frame that `take` gave and nobody reads any more, to save an allocation. Optional. */
  recycle(frame: Buffer): void {
    if (frame.buffer.byteLength === BUFFER_BYTES && this.spare.length < MOST_SPARE)
      this.spare.push(Buffer.from(frame.buffer));
  }
}
