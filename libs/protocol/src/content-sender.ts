import type { Entry } from './entry.js';
import { SessionError } from './errors.js';
import { encodeHole, writeDataHeader } from './file-frames.js';
import { FRAME_HEADER_BYTES } from './frame.js';
import { DATA_BYTES, type FrameMemory } from './frame-memory.js';
import type { OpenSnapshot } from './snapshot-source.js';

/** Holes are looked for in steps of this; the block size of most file systems. */
const BLOCK_BYTES = 4096;
/** Zeros below this travel as they are. */
const LEAST_HOLE_BYTES = 64 * 1024;
/** Longer ones travel in pieces, so that the reader never hashes zeros for long. SPEC.md §8. */
export const MOST_HOLE_BYTES = 16 * 1024 * 1024;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

/** Where the frames of a content go. */
export interface ContentOutlet {
  readonly memory: FrameMemory;
  readonly send: (frame: Buffer) => void;
}

/** Sends bytes of a file as DATA, and long runs of zeros of a sparse one as HOLE, a piece at a time. SPEC.md §8. */
export class ContentSender {
  private readAt: number;
  private frame: Buffer | null = null;
  private frameBytes = 0;
  private zeroBytes = 0;
  /** Read into before it is known what of it is zeros. */
  private readonly scanned: Buffer | null;

  /** @param end offset behind the last byte wanted; the file has at least as many */
  constructor(
    private readonly snapshot: OpenSnapshot,
    private readonly entry: Entry,
    offset: number,
    private readonly end: number,
    private readonly outlet: ContentOutlet,
  ) {
    this.readAt = offset;
    this.scanned = entry.sparse ? Buffer.allocUnsafeSlow(DATA_BYTES) : null;
  }

  /** Offset behind the last byte that was read. */
  get reached(): number {
    return this.readAt;
  }

  /** Reads and sends the next piece; true once everything is sent. @throws SessionError DAMAGED */
  step(): boolean {
    const bytes = Math.min(DATA_BYTES, this.end - this.readAt);
    if (this.scanned) this.sendScanned(this.scanned.subarray(0, bytes));
    else this.sendAll(bytes);
    if (this.readAt < this.end) return false;
    this.flush();
    return true;
  }

  /** Sends what is held back. */
  flush(): void {
    this.endZeros();
    this.sendFrame();
  }

  private sendAll(bytes: number): void {
    const frame = this.outlet.memory.take(bytes);
    this.read(frame.subarray(FRAME_HEADER_BYTES, FRAME_HEADER_BYTES + bytes));
    this.frame = frame;
    this.frameBytes = bytes;
    this.sendFrame();
  }

  private sendScanned(block: Buffer): void {
    this.read(block);
    for (let at = 0; at < block.length; at += BLOCK_BYTES) {
      const end = Math.min(block.length, at + BLOCK_BYTES);
      if (ZEROS.compare(block, at, end, 0, end - at) === 0) this.addZeros(end - at);
      else this.addBytes(block, at, end);
    }
  }

  private read(into: Buffer): void {
    const bytes = this.snapshot.read(this.entry, into, this.readAt);
    if (bytes < into.length)
      throw new SessionError('DAMAGED', 'A file of the snapshot is shorter than its manifest says.');
    this.readAt += bytes;
  }

  private addZeros(bytes: number): void {
    this.zeroBytes += bytes;
    if (this.zeroBytes >= MOST_HOLE_BYTES) this.endZeros();
  }

  private addBytes(from: Buffer, start: number, end: number): void {
    this.endZeros();
    for (let at = start; at < end;) at += this.append(end - at, (place) => void from.copy(place, 0, at));
  }

  private endZeros(): void {
    const bytes = this.zeroBytes;
    this.zeroBytes = 0;
    if (bytes >= LEAST_HOLE_BYTES) {
      this.sendFrame();
      this.outlet.send(encodeHole(bytes));
      return;
    }
    for (let left = bytes; left > 0;) left -= this.append(left, (place) => void place.fill(0));
  }

  /** Puts at most `bytes` into the frame under way; returns how many. */
  private append(bytes: number, fill: (place: Buffer) => void): number {
    this.frame ??= this.outlet.memory.take(DATA_BYTES);
    const at = FRAME_HEADER_BYTES + this.frameBytes;
    const fitting = Math.min(bytes, DATA_BYTES - this.frameBytes);
    fill(this.frame.subarray(at, at + fitting));
    this.frameBytes += fitting;
    if (this.frameBytes === DATA_BYTES) this.sendFrame();
    return fitting;
  }

  private sendFrame(): void {
    if (!this.frame) return;
    writeDataHeader(this.frame, this.frameBytes);
    this.outlet.send(this.frame.subarray(0, FRAME_HEADER_BYTES + this.frameBytes));
    this.frame = null;
    this.frameBytes = 0;
  }
}
