import { SessionError } from './errors.js';
import { OUTCOME_BYTES, readOutcome, statusNumber, writeOutcome } from './file-outcome.js';
import { FRAME, FRAME_HEADER_BYTES, writeFrameHeader } from './frame.js';
import { readSafeUint64, viewOf, writeSafeUint64 } from './integers.js';
import type { ReadOutcome } from './snapshot-sink.js';

const FILE_START_BYTES = 16;
const HOLE_BYTES = 8;
/** ordinal u32, status u8, 3 reserved, outcome. */
const FILE_END_BYTES = 8 + OUTCOME_BYTES;

export function encodeFileStart(ordinal: number, offset: number): Buffer {
  const { frame, view } = fixedFrame(FRAME.FILE_START, FILE_START_BYTES);
  view.setUint32(FRAME_HEADER_BYTES, ordinal);
  writeSafeUint64(view, FRAME_HEADER_BYTES + 8, offset);
  return frame;
}

export function readFileStart(payload: Buffer): { ordinal: number; offset: number } {
  const view = checkedView(payload, FILE_START_BYTES, 'FILE_START');
  return { ordinal: view.getUint32(0), offset: safe(readSafeUint64(view, 8), 'FILE_START') };
}

export function encodeHole(lengthBytes: number): Buffer {
  const { frame, view } = fixedFrame(FRAME.HOLE, HOLE_BYTES);
  writeSafeUint64(view, FRAME_HEADER_BYTES, lengthBytes);
  return frame;
}

export function readHole(payload: Buffer): number {
  return safe(readSafeUint64(checkedView(payload, HOLE_BYTES, 'HOLE'), 0), 'HOLE');
}

export function encodeFileEnd(ordinal: number, outcome: ReadOutcome): Buffer {
  const { frame, view } = fixedFrame(FRAME.FILE_END, FILE_END_BYTES);
  view.setUint32(FRAME_HEADER_BYTES, ordinal);
  view.setUint8(FRAME_HEADER_BYTES + 4, statusNumber(outcome.status));
  writeOutcome(frame, view, FRAME_HEADER_BYTES + 8, outcome);
  return frame;
}

export function readFileEnd(payload: Buffer): { ordinal: number; outcome: ReadOutcome } {
  const view = checkedView(payload, FILE_END_BYTES, 'FILE_END');
  const outcome = readOutcome(payload, view, 8, view.getUint8(4));
  if (outcome.status === 'digest-only')
    throw new SessionError('BAD_FRAME', 'A FILE_END frame cannot be digest-only.');
  return { ordinal: view.getUint32(0), outcome };
}

/**
 * Writes the header of a DATA frame at 0; the payload begins at 8, so that a caller reads file bytes straight
 * behind it and sends the buffer as it is.
 */
export function writeDataHeader(buffer: Buffer, payloadBytes: number): void {
  writeFrameHeader(buffer, 0, FRAME.DATA, payloadBytes);
}

function fixedFrame(type: 0x13 | 0x15 | 0x16, payloadBytes: number): { frame: Buffer; view: DataView } {
  const frame = Buffer.alloc(FRAME_HEADER_BYTES + payloadBytes);
  writeFrameHeader(frame, 0, type, payloadBytes);
  return { frame, view: viewOf(frame) };
}

function checkedView(payload: Buffer, bytes: number, name: string): DataView {
  if (payload.length !== bytes)
    throw new SessionError('BAD_FRAME', `A ${name} frame has ${payload.length} bytes instead of ${bytes}.`);
  return viewOf(payload);
}

function safe(value: number, name: string): number {
  if (value < 0) throw new SessionError('BAD_FRAME', `A ${name} frame counts beyond 2^53.`);
  return value;
}
