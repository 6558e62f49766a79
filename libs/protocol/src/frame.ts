import { SessionError } from './errors.js';

/** Frame types. SPEC.md §2. */
export const FRAME = {
  HELLO: 0x01,
  WELCOME: 0x02,
  ERROR: 0x03,
  KEEPALIVE: 0x04,
  OWNERS: 0x05,
  ENTRIES: 0x10,
  WANT: 0x11,
  FILES: 0x12,
  FILE_START: 0x13,
  DATA: 0x14,
  HOLE: 0x15,
  FILE_END: 0x16,
  STAGED: 0x17,
  COMMIT: 0x20,
  RECEIPT: 0x21,
  BYE: 0x22,
  OPEN: 0x40,
  OPENED: 0x41,
  LIST: 0x42,
  LISTED: 0x43,
  FETCH: 0x44,
} as const;

export type FrameName = keyof typeof FRAME;
export type FrameType = (typeof FRAME)[FrameName];

/** length u32, type u8, flags u8, reserved u16. */
export const FRAME_HEADER_BYTES = 8;

/** The most bytes a payload may have, by type; checked before anything is allocated. */
export const FRAME_CAPS: Readonly<Record<FrameName, number>> = {
  HELLO: 65_536,
  WELCOME: 65_536,
  ERROR: 4_096,
  KEEPALIVE: 0,
  OWNERS: 65_536,
  ENTRIES: 262_144,
  WANT: 262_144,
  FILES: 1_310_720,
  FILE_START: 16,
  DATA: 1_048_576,
  HOLE: 8,
  FILE_END: 64,
  STAGED: 16,
  COMMIT: 4_096,
  RECEIPT: 65_536,
  BYE: 0,
  OPEN: 4_096,
  OPENED: 65_536,
  LIST: 16_384,
  LISTED: 256,
  FETCH: 262_144,
};

const nameOf = new Map<number, FrameName>(
  (Object.keys(FRAME) as FrameName[]).map((name) => [FRAME[name], name]),
);

/** The name of a type as it stands in SPEC.md, or its number in hex. */
export function frameName(type: number): string {
  return nameOf.get(type) ?? `0x${type.toString(16).padStart(2, '0')}`;
}

/** Writes the eight header bytes at `at`; the payload begins right behind. */
export function writeFrameHeader(into: Buffer, at: number, type: FrameType, payloadBytes: number): void {
  into.writeUInt32BE(payloadBytes, at);
  into[at + 4] = type;
  into[at + 5] = 0;
  into[at + 6] = 0;
  into[at + 7] = 0;
}

/** A whole frame of a small payload, which is copied. */
export function encodeFrame(type: FrameType, payload: Uint8Array = new Uint8Array(0)): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  writeFrameHeader(frame, 0, type, payload.length);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** A header that passed every check that needs no session. */
export interface FrameHeader {
  readonly type: FrameType;
  readonly payloadBytes: number;
}

/**
 * Reads the header at `at`.
 * @throws SessionError UNKNOWN_FRAME, FRAME_TOO_LARGE, BAD_FRAME – end the session.
 */
export function readFrameHeader(from: Buffer, at: number): FrameHeader {
  const type = from[at + 4] as number;
  const name = nameOf.get(type);
  if (name === undefined)
    throw new SessionError('UNKNOWN_FRAME', `The peer sent a frame of the unknown type ${frameName(type)}.`);
  const payloadBytes = from.readUInt32BE(at);
  if (payloadBytes > FRAME_CAPS[name])
    throw new SessionError(
      'FRAME_TOO_LARGE',
      `The peer announced ${payloadBytes} bytes for a ${name} frame; at most ${FRAME_CAPS[name]} are allowed.`,
    );
  if (from[at + 5] !== 0 || from[at + 6] !== 0 || from[at + 7] !== 0)
    throw new SessionError('BAD_FRAME', `The peer set flags or reserved bytes of a ${name} frame.`);
  return { type: FRAME[name], payloadBytes };
}
