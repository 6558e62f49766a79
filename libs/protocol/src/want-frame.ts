import { SessionError } from './errors.js';
import { FRAME, FRAME_CAPS, FRAME_HEADER_BYTES, writeFrameHeader } from './frame.js';
import { readSafeUint64, viewOf, writeSafeUint64 } from './integers.js';

/** One thing the server wants of one entry. SPEC.md §5.2. */
export interface WantItem {
  readonly ordinal: number;
  readonly what: 'content' | 'digest';
  /** Leading bytes that are staged already: read and hash them, but send only the rest. */
  readonly offset: number;
}

const FIXED_BYTES = 8;
const ITEM_BYTES = 16;
export const MAX_WANT_ITEMS = Math.floor((FRAME_CAPS.WANT - FIXED_BYTES) / ITEM_BYTES);
const WHAT_CONTENT = 0;
const WHAT_DIGEST = 1;

/** @param items at most {@link MAX_WANT_ITEMS} */
export function encodeWant(decided: number, items: readonly WantItem[]): Buffer {
  const payloadBytes = FIXED_BYTES + items.length * ITEM_BYTES;
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + payloadBytes);
  const view = viewOf(frame);
  writeFrameHeader(frame, 0, FRAME.WANT, payloadBytes);
  view.setUint32(FRAME_HEADER_BYTES, decided);
  view.setUint32(FRAME_HEADER_BYTES + 4, items.length);
  let at = FRAME_HEADER_BYTES + FIXED_BYTES;
  for (const item of items) {
    view.setUint32(at, item.ordinal);
    view.setUint8(at + 4, item.what === 'content' ? WHAT_CONTENT : WHAT_DIGEST);
    writeSafeUint64(view, at + 8, item.offset);
    at += ITEM_BYTES;
  }
  return frame;
}

/** @throws SessionError BAD_FRAME */
export function decodeWant(payload: Buffer): { decided: number; items: WantItem[] } {
  const view = viewOf(payload);
  const count = payload.length < FIXED_BYTES ? -1 : view.getUint32(4);
  if (payload.length !== FIXED_BYTES + count * ITEM_BYTES)
    throw new SessionError('BAD_FRAME', 'A WANT frame does not hold the items it claims.');
  const decided = view.getUint32(0);
  const items: WantItem[] = [];
  for (let at = FIXED_BYTES; at < payload.length; at += ITEM_BYTES) {
    const ordinal = view.getUint32(at);
    const what = view.getUint8(at + 4);
    const offset = readSafeUint64(view, at + 8);
    if (what > WHAT_DIGEST || offset < 0 || ordinal >= decided)
      throw new SessionError('BAD_FRAME', 'A WANT frame holds an item that cannot be.');
    items.push({ ordinal, what: what === WHAT_CONTENT ? 'content' : 'digest', offset });
  }
  return { decided, items };
}
