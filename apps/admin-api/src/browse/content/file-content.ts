import { SessionError, type Entry } from '@periodic-backup/protocol';
import type { ReadPiece } from '@periodic-backup/reader';
import type { Reading } from '../reading.js';

/** A part of a file this small is cut out of the whole, which can be compared with its digest; of a larger one it is not. */
const COMPARED_BYTES = 8 * 1024 * 1024;
const ZEROS = Buffer.alloc(256 * 1024);

export interface Part {
  readonly offset: number;
  readonly length: number;
}

/**
 * The bytes of a file, or a part of them. The last piece of a whole file comes only when all of it agreed with its
 * digest: what is damaged never comes out whole. @throws FileUnavailableError, SessionError
 */
export function fileContent(
  reading: Reading,
  path: Buffer,
  file: Entry,
  part: Part | null,
): AsyncGenerator<Buffer, void> {
  if (part === null) return lastPieceLast(exactly(file.size, bytesOf(reading.reader.readFile(path))));
  if (file.size <= COMPARED_BYTES) return cutOut(fileContent(reading, path, file, null), part);
  return exactly(part.length, bytesOf(reading.reader.readFile(path, part)));
}

/** Holes as the zeros they stand for. */
async function* bytesOf(pieces: AsyncIterable<ReadPiece>): AsyncGenerator<Buffer, void> {
  for await (const { bytes, holeBytes } of pieces) {
    if (bytes) yield bytes;
    for (let left = holeBytes ?? 0; left > 0; left -= ZEROS.length)
      yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS;
  }
}

async function* lastPieceLast(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let held: Buffer | null = null;
  for await (const piece of pieces) {
    if (held) yield held;
    held = piece;
  }
  if (held) yield held;
}

/** So many bytes were promised to the client. */
async function* exactly(sizeBytes: number, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > sizeBytes) break;
    yield piece;
  }
  if (bytes !== sizeBytes)
    throw new SessionError('DAMAGED', `A file has not the ${sizeBytes} bytes that its manifest says.`);
}

async function* cutOut(
  pieces: AsyncIterable<Buffer>,
  { offset, length }: Part,
): AsyncGenerator<Buffer, void> {
  const whole: Buffer[] = [];
  for await (const piece of pieces) whole.push(piece);
  if (length > 0) yield Buffer.concat(whole).subarray(offset, offset + length);
}
