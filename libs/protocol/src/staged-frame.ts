import { SessionError } from './errors.js';
import { FRAME, encodeFrame } from './frame.js';
import { readSafeUint64, viewOf, writeSafeUint64 } from './integers.js';

/** staged u64, limit u64. SPEC.md §5.5. */
const STAGED_BYTES = 16;

/** How far the server has come with the content, and how far the client may go. */
export interface Staged {
  /** Bytes of content of this session that outlive the server's process. */
  readonly stagedBytes: number;
  /** Bytes of content that the client may have sent in all. */
  readonly limitBytes: number;
}

export function encodeStaged({ stagedBytes, limitBytes }: Staged): Buffer {
  const payload = Buffer.alloc(STAGED_BYTES);
  const view = viewOf(payload);
  writeSafeUint64(view, 0, stagedBytes);
  writeSafeUint64(view, 8, limitBytes);
  return encodeFrame(FRAME.STAGED, payload);
}

/** @throws SessionError BAD_FRAME */
export function readStaged(payload: Buffer): Staged {
  if (payload.length !== STAGED_BYTES)
    throw new SessionError(
      'BAD_FRAME',
      `A STAGED frame has ${payload.length} bytes instead of ${STAGED_BYTES}.`,
    );
  const view = viewOf(payload);
  const stagedBytes = readSafeUint64(view, 0);
  const limitBytes = readSafeUint64(view, 8);
  if (stagedBytes < 0 || limitBytes < 0)
    throw new SessionError('BAD_FRAME', 'A STAGED frame counts beyond 2^53.');
  return { stagedBytes, limitBytes };
}
