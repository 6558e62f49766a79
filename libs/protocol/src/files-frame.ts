import { SessionError } from './errors.js';
import { OUTCOME_BYTES, readOutcome } from './file-outcome.js';
import { viewOf } from './integers.js';
import type { ReadOutcome } from './snapshot-sink.js';

/** Fixed part of a FILES item: ordinal, status, length, outcome. SPEC.md §5.3. */
export const FILES_ITEM_BYTES = 12 + OUTCOME_BYTES;
/** Files up to this travel whole in FILES; longer ones as FILE_START … FILE_END. */
export const MAX_SMALL_FILE_BYTES = 65_536;
const MAX_ERROR_NAME_BYTES = 64;

/**
 * Hands on every item of a FILES payload in order. `content` is a view, the caller's again on return.
 * @throws SessionError BAD_FRAME, SIZE_MISMATCH – end the session; items before the bad one were handed on.
 */
export function decodeFiles(
  payload: Buffer,
  onItem: (ordinal: number, outcome: ReadOutcome, content: Buffer) => void,
): void {
  const view = viewOf(payload);
  for (let at = 0; at < payload.length;) {
    const contentAt = at + FILES_ITEM_BYTES;
    if (contentAt > payload.length) throw new SessionError('BAD_FRAME', 'An item of FILES is cut short.');
    const contentBytes = view.getUint32(at + 8);
    const end = contentAt + contentBytes;
    if (contentBytes > MAX_SMALL_FILE_BYTES || end > payload.length)
      throw new SessionError('BAD_FRAME', `An item of FILES claims ${contentBytes} bytes of content.`);
    const outcome = readOutcome(payload, view, at + 12, payload[at + 4] as number);
    checkContent(outcome, contentBytes);
    onItem(view.getUint32(at), outcome, payload.subarray(contentAt, end));
    at = end;
  }
}

function checkContent(outcome: ReadOutcome, contentBytes: number): void {
  switch (outcome.status) {
    case 'whole':
    case 'changed':
      if (outcome.size !== contentBytes)
        throw new SessionError(
          'SIZE_MISMATCH',
          `A file of ${outcome.size} bytes came with ${contentBytes} bytes of content.`,
        );
      return;
    case 'unreadable':
      if (contentBytes > MAX_ERROR_NAME_BYTES)
        throw new SessionError('BAD_FRAME', 'The name of a read error is too long.');
      return;
    case 'vanished':
    case 'digest-only':
      if (contentBytes > 0)
        throw new SessionError('BAD_FRAME', `An item of FILES is ${outcome.status} but has content.`);
      return;
  }
}
