import { SessionError } from './errors.js';

/** SPEC.md §1. */
export const PREAMBLE_BYTES = 8;
export const PROTOCOL_VERSION = 1;

const MAGIC = Buffer.from([0x50, 0x42, 0x4b, 0x1a]);

/** The eight bytes that each side sends first. A server's say the version chosen, which is the only one so far. */
export function encodePreamble(): Buffer {
  return Buffer.from([...MAGIC, PROTOCOL_VERSION, PROTOCOL_VERSION, 0, 0]);
}

/**
 * Checks a preamble as far as it is here, so that a stranger is told after its first byte.
 * @throws SessionError NOT_OUR_PROTOCOL, VERSION_UNSUPPORTED
 */
export function checkPreamble(bytes: Buffer): void {
  const known = Math.min(bytes.length, MAGIC.length);
  if (!bytes.subarray(0, known).equals(MAGIC.subarray(0, known)))
    throw new SessionError(
      'NOT_OUR_PROTOCOL',
      'The first bytes are not those of the backup protocol: is this the right port?',
    );
  if (bytes.length < 6) return;
  const [versionMin, versionMax] = [bytes[4] as number, bytes[5] as number];
  if (versionMin > PROTOCOL_VERSION || versionMax < PROTOCOL_VERSION)
    throw new SessionError(
      'VERSION_UNSUPPORTED',
      `The peer speaks versions ${versionMin} to ${versionMax} of the protocol, this side only ${PROTOCOL_VERSION}: ` +
        `upgrade the ${versionMin > PROTOCOL_VERSION ? 'nearer' : 'farther'} side.`,
    );
}

/** Takes the preamble off the front of a stream that comes in pieces. */
export class PreambleReader {
  private readonly bytes = Buffer.alloc(PREAMBLE_BYTES);
  private taken = 0;

  /** How many bytes of `chunk` belong to the preamble. @throws SessionError as {@link checkPreamble} */
  take(chunk: Buffer): number {
    if (this.taken === PREAMBLE_BYTES) return 0;
    const copied = chunk.copy(this.bytes, this.taken);
    this.taken += copied;
    checkPreamble(this.bytes.subarray(0, this.taken));
    return copied;
  }
}
