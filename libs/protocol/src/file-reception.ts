import { SessionError } from './errors.js';
import { readFileEnd, readFileStart, readHole } from './file-frames.js';
import type { OpenEntries } from './open-entries.js';
import type { Settled, SnapshotSink } from './snapshot-sink.js';

/** One large file between its FILE_START and its FILE_END. SPEC.md §5.3. */
export class FileReception {
  /** Bytes of DATA so far, holes not counted. */
  receivedBytes = 0;
  private reachedBytes: number;

  private constructor(
    readonly ordinal: number,
    offset: number,
    private readonly sink: SnapshotSink,
  ) {
    this.reachedBytes = offset;
  }

  /** Begins the file that a FILE_START names. @throws SessionError WRONG_ORDER, BAD_FRAME and those of the sink */
  static start(payload: Buffer, open: OpenEntries, sink: SnapshotSink): FileReception {
    const { ordinal, offset } = readFileStart(payload);
    const wanted = open.get(ordinal);
    if (offset !== 0 && offset !== wanted.offset)
      throw new SessionError(
        'BAD_FRAME',
        `The client begins entry ${ordinal} at ${offset}; 0 or ${wanted.offset} was asked for.`,
      );
    sink.startFile(ordinal, offset);
    return new FileReception(ordinal, offset, sink);
  }

  append(bytes: Buffer): void {
    this.advance(bytes.length);
    this.receivedBytes += bytes.length;
    this.sink.append(bytes);
  }

  /** Takes a HOLE frame; returns its length. */
  hole(payload: Buffer): number {
    const lengthBytes = readHole(payload);
    this.advance(lengthBytes);
    if (lengthBytes > 0) this.sink.appendHole(lengthBytes);
    return lengthBytes;
  }

  /** Takes the FILE_END. @throws SessionError WRONG_ORDER, SIZE_MISMATCH and those of the sink */
  end(payload: Buffer): Settled {
    const { ordinal, outcome } = readFileEnd(payload);
    if (ordinal !== this.ordinal)
      throw new SessionError(
        'WRONG_ORDER',
        `The client ended entry ${ordinal} within entry ${this.ordinal}.`,
      );
    const whole = outcome.status === 'whole' || outcome.status === 'changed';
    if (whole && outcome.size !== this.reachedBytes)
      throw new SessionError(
        'SIZE_MISMATCH',
        `A file of ${outcome.size} bytes was sent as ${this.reachedBytes} bytes.`,
      );
    return this.sink.endFile(ordinal, outcome);
  }

  private advance(bytes: number): void {
    this.reachedBytes += bytes;
    if (!Number.isSafeInteger(this.reachedBytes))
      throw new SessionError('SIZE_MISMATCH', 'A file grew beyond 2^53 bytes.');
  }
}
