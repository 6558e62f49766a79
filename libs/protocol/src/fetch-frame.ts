import { MAX_PATH_BYTES } from './entry.js';
import { checkPath } from './entry-order.js';
import { SessionError } from './errors.js';
import { FRAME, FRAME_HEADER_BYTES, writeFrameHeader } from './frame.js';
import { readSafeUint64, viewOf, writeSafeUint64 } from './integers.js';

/** id u32, length of the path u16, 2 reserved, offset u64, length u64. SPEC.md §8. */
const ITEM_BYTES = 24;
const TO_THE_END = 2n ** 64n - 1n;
const FULL_BYTES = 64 * 1024;
const BUFFER_BYTES = FRAME_HEADER_BYTES + FULL_BYTES + ITEM_BYTES + MAX_PATH_BYTES;

/** One file, or a part of one, that a reader asks for. */
export interface FetchItem {
  readonly id: number;
  readonly path: Buffer;
  readonly offset: number;
  /** Null: to the end. */
  readonly lengthBytes: number | null;
}

/** Builds one FETCH frame after another. */
export class FetchBatch {
  private buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  private view = viewOf(this.buffer);
  private end = FRAME_HEADER_BYTES;
  private items = 0;

  /** Items since the last take. */
  get count(): number {
    return this.items;
  }

  /** True once it is worth sending. */
  get full(): boolean {
    return this.end - FRAME_HEADER_BYTES >= FULL_BYTES;
  }

  /** Adds an item; not to a full batch. @throws SessionError BAD_PATH – it cannot be sent; the batch is as before. */
  add(id: number, path: Buffer, offset: number, lengthBytes: number | null): void {
    checkPath(path);
    const { view, end: at } = this;
    writeSafeUint64(view, at + 8, offset);
    if (lengthBytes === null) view.setBigUint64(at + 16, TO_THE_END);
    else writeSafeUint64(view, at + 16, lengthBytes);
    view.setUint32(at, id);
    view.setUint16(at + 4, path.length);
    view.setUint16(at + 6, 0);
    path.copy(this.buffer, at + ITEM_BYTES);
    this.end = at + ITEM_BYTES + path.length;
    this.items++;
  }

  /** The whole frame, now the caller's; the batch goes on with a new buffer. */
  take(): Buffer {
    const frame = Buffer.from(this.buffer.subarray(0, this.end));
    writeFrameHeader(frame, 0, FRAME.FETCH, frame.length - FRAME_HEADER_BYTES);
    this.end = FRAME_HEADER_BYTES;
    this.items = 0;
    return frame;
  }
}

/** Checks every item of a payload; returns how many there are. @throws SessionError BAD_FRAME, BAD_PATH */
export function checkFetch(payload: Buffer): number {
  const view = viewOf(payload);
  let items = 0;
  for (let at = 0; at < payload.length; items++) at = readFetch(payload, view, at).end;
  if (items === 0) throw new SessionError('BAD_FRAME', 'A FETCH frame asks for nothing.');
  return items;
}

/** Reads the item at `at`; its path is a view of the payload. @throws SessionError BAD_FRAME, BAD_PATH */
export function readFetch(payload: Buffer, view: DataView, at: number): { item: FetchItem; end: number } {
  const pathAt = at + ITEM_BYTES;
  if (pathAt > payload.length) throw new SessionError('BAD_FRAME', 'An item of FETCH is cut short.');
  const end = pathAt + view.getUint16(at + 4);
  if (end > payload.length || view.getUint16(at + 6) !== 0)
    throw new SessionError('BAD_FRAME', 'An item of FETCH claims more than there is.');
  const path = payload.subarray(pathAt, end);
  checkPath(path);
  const offset = readSafeUint64(view, at + 8);
  const toTheEnd = view.getBigUint64(at + 16) === TO_THE_END;
  const lengthBytes = toTheEnd ? null : readSafeUint64(view, at + 16);
  if (offset < 0 || (lengthBytes !== null && lengthBytes < 0))
    throw new SessionError('BAD_FRAME', 'An item of FETCH asks beyond 2^53.');
  return { item: { id: view.getUint32(at), path, offset, lengthBytes }, end };
}
