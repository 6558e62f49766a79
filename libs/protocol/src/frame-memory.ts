import { FRAME_HEADER_BYTES } from './frame.js';

/** Payload of a DATA frame that is full. */
export const DATA_BYTES = 512 * 1024;
const FRAME_BYTES = FRAME_HEADER_BYTES + DATA_BYTES;
/** Not worth a whole frame's memory. */
const SMALL_BYTES = DATA_BYTES / 4;
const MOST_SPARE = 16;

/** Buffers of one DATA frame each, every one with memory of its own, so that it may be moved to another thread. */
export class FrameMemory {
  private readonly spare: ArrayBuffer[] = [];

  /** Room for a header and a payload of at most {@link DATA_BYTES}. */
  take(payloadBytes: number): Buffer {
    if (payloadBytes <= SMALL_BYTES) return Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + payloadBytes);
    const memory = this.spare.pop();
    return memory ? Buffer.from(memory) : Buffer.allocUnsafeSlow(FRAME_BYTES);
  }

  /** Memory that nobody reads any more; other memory than {@link take} gives is left alone. */
  giveBack(memory: ArrayBuffer): void {
    if (memory.byteLength === FRAME_BYTES && this.spare.length < MOST_SPARE) this.spare.push(memory);
  }
}
