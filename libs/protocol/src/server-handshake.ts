import { SessionError } from './errors.js';
import { FRAME, FRAME_HEADER_BYTES, frameName, readFrameHeader } from './frame.js';
import { Hello, readMessage } from './messages.js';
import { PREAMBLE_BYTES, checkPreamble } from './preamble.js';

const HELLO_AT = PREAMBLE_BYTES + FRAME_HEADER_BYTES;

/**
 * Reads what a client sends first: preamble and HELLO. Holds at most one HELLO; a wrong byte is refused as soon as
 * it is here. SPEC.md §1, §4.
 */
export class ServerHandshake {
  private held: Buffer = Buffer.alloc(HELLO_AT);
  private heldBytes = 0;
  private headerRead = false;
  private over = false;

  /**
   * The HELLO once it is complete, with a view of the bytes of `chunk` behind it; null until then.
   * @throws SessionError NOT_OUR_PROTOCOL, VERSION_UNSUPPORTED, UNKNOWN_FRAME, FRAME_TOO_LARGE, BAD_FRAME,
   * WRONG_ORDER – answer with the preamble and the error, then close.
   */
  receive(chunk: Buffer): { hello: Hello; rest: Buffer } | null {
    if (this.over) throw new SessionError('WRONG_ORDER', 'The handshake is over.');
    try {
      return this.take(chunk);
    } catch (error) {
      this.over = true;
      throw error;
    }
  }

  private take(chunk: Buffer): { hello: Hello; rest: Buffer } | null {
    let at = this.fill(chunk, 0);
    if (!this.headerRead) {
      checkPreamble(this.held.subarray(0, Math.min(this.heldBytes, PREAMBLE_BYTES)));
      if (this.heldBytes < HELLO_AT) return null;
      this.readHeader();
      at = this.fill(chunk, at);
    }
    if (this.heldBytes < this.held.length) return null;
    this.over = true;
    const hello = readMessage(FRAME.HELLO, this.held.subarray(HELLO_AT), Hello);
    return { hello, rest: chunk.subarray(at) };
  }

  private readHeader(): void {
    const { type, payloadBytes } = readFrameHeader(this.held, PREAMBLE_BYTES);
    if (type !== FRAME.HELLO)
      throw new SessionError('WRONG_ORDER', `The client began with ${frameName(type)} instead of HELLO.`);
    const whole = Buffer.alloc(HELLO_AT + payloadBytes);
    this.held.copy(whole);
    this.held = whole;
    this.headerRead = true;
  }

  /** Copies what is still missing from `chunk`; returns where it stopped reading. */
  private fill(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.held.length - this.heldBytes);
    this.heldBytes += chunk.copy(this.held, this.heldBytes, at, end);
    return end;
  }
}
