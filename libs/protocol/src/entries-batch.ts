import type { Entry } from './entry.js';
import { ENTRY_MAX_BYTES, encodeEntryAt } from './entry-codec.js';
import { FRAME, FRAME_CAPS, FRAME_HEADER_BYTES, writeFrameHeader } from './frame.js';
import { viewOf } from './integers.js';

const DEFAULT_CAPACITY_BYTES = 64 * 1024;
const NO_PATH = Buffer.alloc(0);

/** Builds one ENTRIES frame after another, each in one buffer, header included. */
export class EntriesBatch {
  private readonly capacityBytes: number;
  private buffer: Buffer;
  private view: DataView;
  private end = FRAME_HEADER_BYTES;
  private previousPath: Buffer = NO_PATH;
  private entries = 0;

  /** @param capacityBytes of the payload; at least one entry of any length fits. */
  constructor(capacityBytes = DEFAULT_CAPACITY_BYTES) {
    this.capacityBytes = Math.min(Math.max(capacityBytes, ENTRY_MAX_BYTES), FRAME_CAPS.ENTRIES);
    this.buffer = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + this.capacityBytes);
    this.view = viewOf(this.buffer);
  }

  /** Entries since the last take. */
  get count(): number {
    return this.entries;
  }

  /**
   * Adds an entry and answers true, or false if it does not fit: take first. An empty batch never answers false.
   * @throws SessionError BAD_PATH, BAD_ENTRY – this entry cannot be sent; the batch is as before.
   */
  add(entry: Entry): boolean {
    const end = encodeEntryAt(entry, this.previousPath, this.buffer, this.view, this.end);
    if (end < 0) return false;
    this.end = end;
    this.previousPath = entry.path;
    this.entries++;
    return true;
  }

  /** The whole frame, now the caller's; the batch goes on with a new buffer. */
  take(): Buffer {
    const frame = this.buffer.subarray(0, this.end);
    writeFrameHeader(frame, 0, FRAME.ENTRIES, this.end - FRAME_HEADER_BYTES);
    this.buffer = Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + this.capacityBytes);
    this.view = viewOf(this.buffer);
    this.end = FRAME_HEADER_BYTES;
    this.previousPath = NO_PATH;
    this.entries = 0;
    return frame;
  }
}
