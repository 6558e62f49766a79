import { FRAME, FRAME_HEADER_BYTES, readFrameHeader, type FrameHeader, type FrameType } from './frame.js';

/** What a session does with frames as they arrive. Any of these may throw to refuse; the decoder is then spent. */
export interface FrameHandlers {
  /** A header is complete. Called before anything is allocated, so order is checked here. */
  begin(type: FrameType, payloadBytes: number): void;
  /** The payload of any frame but DATA is complete. The view is the decoder's again on return. */
  frame(type: FrameType, payload: Buffer): void;
  /** Bytes of the open DATA frame, in one or more parts. The view is the caller's again on return. */
  data(part: Buffer): void;
}

const EMPTY = Buffer.alloc(0);
const COLLECT_STEP_BYTES = 64 * 1024;

/**
 * Cuts a byte stream into frames; chunk boundaries may lie anywhere. A frame wholly inside a chunk is handed on
 * as a view of it; DATA is handed on as it arrives; other frames are collected in one buffer that never grows
 * beyond the largest cap.
 */
export class FrameDecoder {
  private readonly header = Buffer.alloc(FRAME_HEADER_BYTES);
  private headerBytes = 0;
  private open: FrameHeader | null = null;
  private receivedBytes = 0;
  private collected: Buffer = EMPTY;
  private stopped = false;
  private frames = 0;

  constructor(private readonly handlers: FrameHandlers) {}

  /** Null between frames; otherwise the frame under way, numbered, with its length once the header is here. */
  get underWay(): { readonly number: number; readonly payloadBytes: number } | null {
    if (this.open) return { number: this.frames, payloadBytes: this.open.payloadBytes };
    return this.headerBytes > 0 ? { number: this.frames, payloadBytes: 0 } : null;
  }

  /** Bytes held to collect frames; for tests of the memory bound. */
  get heldBytes(): number {
    return this.collected.length;
  }

  /** Nothing is decoded any more, not even the rest of the chunk in hand. */
  stop(): void {
    this.stopped = true;
    this.open = null;
    this.headerBytes = 0;
    this.collected = EMPTY;
  }

  /** Leaves the views that it handed on to whoever has them: what follows is collected elsewhere. */
  letGo(): void {
    if (this.open === null || this.open.type === FRAME.DATA) this.collected = EMPTY;
  }

  /** Decodes all of `chunk`, which is the caller's again on return. */
  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.stopped) {
      at = this.open ? this.takePayload(this.open, chunk, at) : this.takeHeader(chunk, at);
    }
  }

  private takeHeader(chunk: Buffer, at: number): number {
    let end = at + FRAME_HEADER_BYTES;
    let header: FrameHeader;
    if (this.headerBytes === 0 && end <= chunk.length) {
      header = readFrameHeader(chunk, at);
    } else {
      end = Math.min(chunk.length, at + FRAME_HEADER_BYTES - this.headerBytes);
      this.headerBytes += chunk.copy(this.header, this.headerBytes, at, end);
      if (this.headerBytes < FRAME_HEADER_BYTES) return end;
      this.headerBytes = 0;
      header = readFrameHeader(this.header, 0);
    }
    this.handlers.begin(header.type, header.payloadBytes);
    if (this.stopped) return end;
    if (header.payloadBytes > 0) {
      this.open = header;
      this.receivedBytes = 0;
    } else {
      this.frames++;
      if (header.type !== FRAME.DATA) this.handlers.frame(header.type, EMPTY);
    }
    return end;
  }

  private takePayload(open: FrameHeader, chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + open.payloadBytes - this.receivedBytes);
    const before = this.receivedBytes;
    this.receivedBytes += end - at;
    const complete = this.receivedBytes === open.payloadBytes;
    if (complete) {
      this.open = null;
      this.frames++;
    }
    if (open.type === FRAME.DATA) {
      this.handlers.data(chunk.subarray(at, end));
    } else if (complete && before === 0) {
      this.handlers.frame(open.type, chunk.subarray(at, end));
    } else {
      if (before === 0) this.reserve(open.payloadBytes);
      chunk.copy(this.collected, before, at, end);
      if (complete) this.handlers.frame(open.type, this.collected.subarray(0, open.payloadBytes));
    }
    return end;
  }

  private reserve(bytes: number): void {
    if (this.collected.length >= bytes) return;
    this.collected = Buffer.allocUnsafeSlow(Math.ceil(bytes / COLLECT_STEP_BYTES) * COLLECT_STEP_BYTES);
  }
}
