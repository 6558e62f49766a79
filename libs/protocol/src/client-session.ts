import { ContentCredit } from './content-credit.js';
import type { EntriesBatch } from './entries-batch.js';
import { SessionError } from './errors.js';
import { encodeFileEnd, encodeFileStart, encodeHole } from './file-frames.js';
import type { FilesBatch } from './files-batch.js';
import { FrameDecoder } from './frame-decoder.js';
import { CLIENT_ACCEPTS, type ClientSessionState } from './frame-order.js';
import { FRAME, FRAME_HEADER_BYTES, encodeFrame, frameName, type FrameType } from './frame.js';
import {
  ReceiptMessage,
  Welcome,
  encodeError,
  encodeKeepalive,
  encodeMessage,
  encodeOwners,
  readError,
  readMessage,
  type Hello,
} from './messages.js';
import { PreambleReader, encodePreamble } from './preamble.js';
import type { Owners, ReadOutcome } from './snapshot-sink.js';
import { decodeWant, type WantItem } from './want-frame.js';

export interface ClientSessionHandlers {
  /** With a receipt in it the run was committed before: send `bye`. */
  onWelcome(welcome: Welcome): void;
  /**
   * All entries below `decided` are decided; these items are wanted of them. May come after `commit`: a file's
   * digest did not agree. That commit is void then; answer the items and commit again.
   */
  onWant(decided: number, items: WantItem[]): void;
  /** There may be more room for content than before. */
  onRoom(): void;
  /** The snapshot survives power loss now. Send `bye`. */
  onReceipt(receipt: unknown): void;
  /** The session failed, once; nothing more is called. Close the socket. */
  onError(error: SessionError): void;
}

/**
 * The client side of one backup. The caller owns the socket, keeps both windows and answers every item; this
 * keeps the order of frames and checks what the server sends. SPEC.md §3.
 */
export class BackupClientSession {
  private current: ClientSessionState = 'idle';
  private sent = 0;
  private sentEntries = 0;
  private decided = 0;
  private openOrdinal: number | null = null;
  private saidBye = false;
  private readonly credit = new ContentCredit();
  private readonly preamble = new PreambleReader();
  private readonly decoder: FrameDecoder;

  constructor(
    private readonly send: (bytes: Buffer) => void,
    private readonly handlers: ClientSessionHandlers,
  ) {
    this.decoder = new FrameDecoder({
      begin: (type) => this.begin(type),
      frame: (type, payload) => this.take(type, payload),
      data: () => undefined,
    });
  }

  get state(): ClientSessionState {
    return this.current;
  }

  get bytesSent(): number {
    return this.sent;
  }

  /** Payload bytes of FILES and DATA that may be sent now. */
  get contentRoomBytes(): number {
    return this.credit.roomBytes;
  }

  /** Sends preamble and HELLO. */
  open(hello: Hello): void {
    this.expect('idle');
    this.current = 'greeting';
    this.write(Buffer.concat([encodePreamble(), encodeMessage(FRAME.HELLO, hello)]));
  }

  /** Decodes all of `chunk`, which is the caller's again on return, and calls the handlers. */
  receive(chunk: Buffer): void {
    if (this.current === 'failed' || this.current === 'idle') return;
    try {
      const at = this.preamble.take(chunk);
      this.decoder.push(at === 0 ? chunk : chunk.subarray(at));
    } catch (cause) {
      if (!(cause instanceof SessionError)) throw cause;
      this.abort(cause);
      this.decoder.stop();
    }
  }

  /** Sends the batch if it holds anything. */
  sendEntries(batch: EntriesBatch): void {
    this.expect('streaming');
    if (batch.count === 0) return;
    this.sentEntries += batch.count;
    this.write(batch.take());
  }

  /** Sends the batch if it holds anything. @throws SessionError WINDOW_EXCEEDED */
  sendFiles(batch: FilesBatch): void {
    this.expect('streaming');
    if (batch.count === 0) return;
    this.credit.spend(batch.bytes);
    this.write(batch.take());
  }

  sendOwners(owners: Owners): void {
    this.expect('streaming');
    this.write(encodeOwners(owners));
  }

  startFile(ordinal: number, offset: number): void {
    this.expect('streaming');
    this.openOrdinal = ordinal;
    this.write(encodeFileStart(ordinal, offset));
  }

  /**
   * @param frame made with `writeDataHeader`; not to be written to before the socket is done with it.
   * @throws SessionError WINDOW_EXCEEDED
   */
  sendData(frame: Buffer): void {
    this.expectFile();
    this.credit.spend(frame.length - FRAME_HEADER_BYTES);
    this.write(frame);
  }

  sendHole(lengthBytes: number): void {
    this.expectFile();
    this.write(encodeHole(lengthBytes));
  }

  endFile(ordinal: number, outcome: ReadOutcome): void {
    this.expectFile();
    this.openOrdinal = null;
    this.write(encodeFileEnd(ordinal, outcome));
  }

  commit(counts: { entries: number; problems: number }): void {
    this.expect('streaming');
    this.current = 'committing';
    this.write(encodeMessage(FRAME.COMMIT, { entries: counts.entries, problems: counts.problems }));
  }

  /** Says that this side lives; when to say so is the caller's to know. */
  keepalive(): void {
    if (this.current === 'streaming' || this.current === 'committing') this.write(encodeKeepalive());
  }

  /** Says that the receipt is here. Safe to call twice. */
  bye(): void {
    if (this.current !== 'done' || this.saidBye) return;
    this.saidBye = true;
    this.write(encodeFrame(FRAME.BYE));
  }

  /** Ends the session with an error that the server is told. Does nothing once it is over. */
  abort(error: SessionError): void {
    if (this.current === 'failed' || this.current === 'done') return;
    if (this.current !== 'idle') this.write(encodeError(error));
    this.fail(error);
  }

  /** The stream ended: CONNECTION_LOST unless the session is over. */
  ended(): void {
    this.fail(new SessionError('CONNECTION_LOST', 'The connection to the receiver ended too early.'));
  }

  private fail(error: SessionError): void {
    this.decoder.stop();
    if (this.current === 'failed' || this.current === 'done') return;
    this.current = 'failed';
    this.handlers.onError(error);
  }

  private write(bytes: Buffer): void {
    this.sent += bytes.length;
    this.send(bytes);
  }

  private expect(state: ClientSessionState): void {
    if (this.current !== state)
      throw new SessionError('WRONG_ORDER', `The client is ${this.current}, not ${state}.`);
    if (this.openOrdinal !== null)
      throw new SessionError('WRONG_ORDER', `The client is within the file of entry ${this.openOrdinal}.`);
  }

  private expectFile(): void {
    if (this.current !== 'streaming' || this.openOrdinal === null)
      throw new SessionError('WRONG_ORDER', 'The client has no file begun.');
  }

  private begin(type: FrameType): void {
    if (!CLIENT_ACCEPTS[this.current].has(type))
      throw new SessionError('WRONG_ORDER', `The server sent ${frameName(type)} while ${this.current}.`);
  }

  private take(type: FrameType, payload: Buffer): void {
    switch (type) {
      case FRAME.WELCOME:
        return this.takeWelcome(readMessage(type, payload, Welcome));
      case FRAME.WANT:
        return this.takeWant(payload);
      case FRAME.STAGED:
        this.credit.take(payload);
        return this.handlers.onRoom();
      case FRAME.RECEIPT: {
        const { receipt } = readMessage(type, payload, ReceiptMessage);
        this.current = 'done';
        return this.handlers.onReceipt(receipt);
      }
      case FRAME.ERROR:
        return this.fail(readError(payload));
      default:
    }
  }

  private takeWelcome(welcome: Welcome): void {
    const { mode, receipt, contentWindow } = welcome;
    if (mode === 'read')
      throw new SessionError('BAD_FRAME', 'The server welcomed a reader; this side sends a backup.');
    if (contentWindow !== null) this.credit.open(contentWindow);
    else if (receipt === null)
      throw new SessionError('BAD_FRAME', 'The server wants a backup and allows it no content.');
    this.current = receipt === null ? 'streaming' : 'done';
    this.handlers.onWelcome(welcome);
  }

  private takeWant(payload: Buffer): void {
    const { decided, items } = decodeWant(payload);
    if (decided < this.decided || decided > this.sentEntries)
      throw new SessionError('BAD_FRAME', `The server decided ${decided} of ${this.sentEntries} entries.`);
    this.decided = decided;
    // What was asked again after COMMIT left makes that COMMIT void.
    if (this.current === 'committing' && items.length > 0) this.current = 'streaming';
    this.handlers.onWant(decided, items);
  }
}
