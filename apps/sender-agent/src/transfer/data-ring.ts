import { FRAME_HEADER_BYTES, writeDataHeader } from '@periodic-backup/protocol';
import { DATA_BYTES } from './large-file.js';
import type { Wire } from './wire.js';

const BUFFERS = 3;

/** A few DATA frames used in turn: content is read straight behind the header and never copied. */
export class DataRing {
  readonly #slots = Array.from({ length: BUFFERS }, () => ({ frame: null as Buffer | null, mark: 0 }));
  #current: { frame: Buffer | null; mark: number } | null = null;

  constructor(private readonly wire: Wire) {}

  /** Memory for one piece of content, or null while the socket still holds every buffer. */
  acquire(): Buffer | null {
    const slot = this.#slots.find(({ mark }) => this.wire.isFlushed(mark)) ?? null;
    this.#current = slot;
    if (!slot) return null;
    slot.frame ??= Buffer.allocUnsafeSlow(FRAME_HEADER_BYTES + DATA_BYTES);
    return slot.frame.subarray(FRAME_HEADER_BYTES);
  }

  /** Hands the first `length` bytes of the piece acquired last to `send`, as a frame. */
  send(length: number, send: (frame: Buffer) => void): void {
    const slot = this.#current;
    if (!slot?.frame) throw new Error('No piece of the ring was acquired.');
    writeDataHeader(slot.frame, length);
    send(slot.frame.subarray(0, FRAME_HEADER_BYTES + length));
    slot.mark = this.wire.mark;
  }
}
