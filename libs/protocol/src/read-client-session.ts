import { AskedFiles } from './asked-files.js';
import { ContentCheck } from './content-check.js';
import { decodeEntries } from './entry-codec.js';
import type { Entry } from './entry.js';
import { SessionError } from './errors.js';
import { FetchBatch } from './fetch-frame.js';
import { readFileStart } from './file-frames.js';
import { decodeFiles } from './files-frame.js';
import { FrameDecoder } from './frame-decoder.js';
import { FRAME, encodeFrame, frameName, type FrameType } from './frame.js';
import { GatheredOwners } from './gathered-owners.js';
import { ListedEntries } from './listed-entries.js';
import {
  Welcome,
  encodeError,
  encodeKeepalive,
  encodeMessage,
  readError,
  readMessage,
  type Hello,
} from './messages.js';
import { PreambleReader, encodePreamble } from './preamble.js';
import {
  Listed,
  MAX_FETCH_WINDOW,
  Opened,
  RESTORE_CAPABILITY,
  encodeList,
  encodeOpen,
  type List,
} from './read-messages.js';
import { READ_CLIENT_ACCEPTS, type ReadClientState } from './read-order.js';
import type { Owners, ReadOutcome } from './snapshot-sink.js';

/** What a session that reads tells its caller. Views are the session's again on return, unless it `letGo` of them. */
export interface ReadClientHandlers {
  onWelcome(welcome: Welcome): void;
  /** The receipt's shape and signature are the caller's to check. */
  onOpened(receipt: unknown, owners: Owners): void;
  onEntry(entry: Entry): void;
  /** The LIST is answered; `more`: there are entries behind its limit. */
  onListed(more: boolean): void;
  /** Answers the earliest fetch that is not. `unreadable`: `content` is the name of an error; `vanished`: no such file. */
  onFile(outcome: ReadOutcome, content: Buffer): void;
  /** The answer to the earliest fetch comes in parts: data and holes, then `onFileEnd`. */
  onFileStart(): void;
  onData(part: Buffer): void;
  onHole(lengthBytes: number): void;
  /** `unreadable`: the vault failed half-way. */
  onFileEnd(outcome: ReadOutcome): void;
  /** The session failed, once; nothing more is called. Close the socket. */
  onError(error: SessionError): void;
}

/**
 * The client side of a session that reads. The caller owns the socket and compares digests; this keeps the order of
 * frames, checks what the server sends, and keeps no more than the unanswered requests. SPEC.md §8.
 */
export class ReadClientSession {
  private current: ReadClientState = 'idle';
  private sent = 0;
  private fetchWindow = 0;
  private list: ListedEntries | null = null;
  private content: ContentCheck | null = null;
  private readonly owners = new GatheredOwners();
  private readonly asked = new AskedFiles();
  private readonly batch = new FetchBatch();
  private readonly preamble = new PreambleReader();
  private readonly decoder: FrameDecoder;

  constructor(
    private readonly send: (bytes: Buffer) => void,
    private readonly handlers: ReadClientHandlers,
  ) {
    this.decoder = new FrameDecoder({
      begin: (type) => this.begin(type),
      frame: (type, payload) => this.take(type, payload),
      data: (part) => this.takeData(part),
    });
  }

  get state(): ReadClientState {
    return this.current;
  }

  get bytesSent(): number {
    return this.sent;
  }

  /** Files that may be asked for now. */
  get room(): number {
    return Math.max(0, this.fetchWindow - this.asked.count);
  }

  /** Files asked for and not answered. */
  get unanswered(): number {
    return this.asked.count;
  }

  /** Sends preamble and HELLO. */
  greet(hello: Omit<Hello, 'capabilities'>): void {
    this.expect('idle');
    this.current = 'greeting';
    const message = { ...hello, capabilities: [RESTORE_CAPABILITY] };
    this.write(Buffer.concat([encodePreamble(), encodeMessage(FRAME.HELLO, message)]));
  }

  /** Opens a snapshot in place of the one before; nothing may be unanswered. */
  openSnapshot(snapshot: string): void {
    if (this.current !== 'open') this.expect('ready');
    if (this.list || this.asked.count > 0)
      throw new SessionError('WRONG_ORDER', 'Another snapshot is opened only when nothing is unanswered.');
    this.current = 'opening';
    this.write(encodeOpen(snapshot));
  }

  /** Asks for entries; one LIST at a time. */
  sendList(list: List): void {
    this.expectOpen();
    if (this.list) throw new SessionError('WRONG_ORDER', 'The last LIST is not answered yet.');
    this.flush();
    this.list = new ListedEntries(list);
    this.write(encodeList(list));
  }

  /**
   * Asks for a file, or bytes of it from `offset` (`lengthBytes` null: to the end). Sent when enough is together, at the
   * latest with {@link flush}. The caller keeps to {@link room}.
   * @throws SessionError BAD_PATH – this one cannot be asked for; the session goes on.
   */
  fetch(path: Buffer, offset: number, lengthBytes: number | null): void {
    this.expectOpen();
    if (this.room === 0)
      throw new SessionError('WINDOW_EXCEEDED', 'More files are asked for than may be open.');
    this.batch.add(this.asked.nextId, path, offset, lengthBytes);
    this.asked.add(offset, lengthBytes);
    if (this.batch.full) this.flush();
  }

  /** Sends what {@link fetch} has gathered. */
  flush(): void {
    if (this.batch.count > 0 && this.current !== 'failed' && this.current !== 'done')
      this.write(this.batch.take());
  }

  /** Decodes all of `chunk`, which is the caller's again on return, and calls the handlers. */
  receive(chunk: Buffer): void {
    if (this.current === 'failed' || this.current === 'idle' || this.current === 'done') return;
    try {
      const at = this.preamble.take(chunk);
      this.decoder.push(at === 0 ? chunk : chunk.subarray(at));
    } catch (cause) {
      if (!(cause instanceof SessionError)) throw cause;
      this.abort(cause);
      this.decoder.stop();
    }
  }

  /** Called within a handler: its view stays as it is if the caller leaves the chunk alone. */
  letGo(): void {
    this.decoder.letGo();
  }

  /** Says that this side lives; when to say so is the caller's to know. */
  keepalive(): void {
    if (!['idle', 'greeting', 'done', 'failed'].includes(this.current)) this.write(encodeKeepalive());
  }

  /** Ends the session; what is still on its way is not read. Safe to call twice. */
  bye(): void {
    if (this.current === 'failed' || this.current === 'done') return;
    if (this.current !== 'idle' && this.current !== 'greeting') this.write(encodeFrame(FRAME.BYE));
    this.current = 'done';
    this.decoder.stop();
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

  private expect(state: ReadClientState): void {
    if (this.current !== state)
      throw new SessionError('WRONG_ORDER', `The client is ${this.current}, not ${state}.`);
  }

  private expectOpen(): void {
    if (this.current !== 'receiving-file') this.expect('open');
  }

  private begin(type: FrameType): void {
    if (!READ_CLIENT_ACCEPTS[this.current].has(type))
      throw new SessionError('WRONG_ORDER', `The server sent ${frameName(type)} while ${this.current}.`);
  }

  private take(type: FrameType, payload: Buffer): void {
    switch (type) {
      case FRAME.FILES:
        return decodeFiles(payload, (id, outcome, content) => this.takeFile(id, outcome, content));
      case FRAME.FILE_START:
        return this.takeFileStart(payload);
      case FRAME.HOLE:
        return this.handlers.onHole((this.content as ContentCheck).hole(payload));
      case FRAME.FILE_END:
        return this.takeFileEnd(payload);
      case FRAME.ENTRIES:
        return this.takeEntries(payload);
      case FRAME.LISTED:
        return this.takeListed(readMessage(type, payload, Listed).more);
      case FRAME.WELCOME:
        return this.takeWelcome(readMessage(type, payload, Welcome));
      case FRAME.OWNERS:
        return this.owners.add(payload);
      case FRAME.OPENED:
        return this.takeOpened(readMessage(type, payload, Opened).receipt);
      case FRAME.ERROR:
        return this.fail(readError(payload));
      default:
    }
  }

  private takeWelcome(welcome: Welcome): void {
    if (welcome.mode !== 'read' || !welcome.capabilities.includes(RESTORE_CAPABILITY))
      throw new SessionError('BAD_FRAME', 'The server did not welcome a reader.');
    this.fetchWindow = Math.min(welcome.entryWindow, MAX_FETCH_WINDOW);
    this.current = 'ready';
    this.handlers.onWelcome(welcome);
  }

  private takeOpened(receipt: unknown): void {
    this.current = 'open';
    this.handlers.onOpened(receipt, this.owners.take());
  }

  private takeEntries(payload: Buffer): void {
    const { list } = this;
    if (!list) throw new SessionError('WRONG_ORDER', 'The server sent ENTRIES that nobody asked for.');
    decodeEntries(payload, (entry) => {
      if (this.current !== 'open') return;
      list.accept(entry);
      this.handlers.onEntry(entry);
    });
  }

  private takeListed(more: boolean): void {
    if (!this.list) throw new SessionError('WRONG_ORDER', 'The server sent LISTED, but no LIST is open.');
    this.list = null;
    this.handlers.onListed(more);
  }

  private takeFile(id: number, outcome: ReadOutcome, content: Buffer): void {
    // A handler may have ended the session in the middle of a frame.
    if (this.current !== 'open') return;
    const { lengthBytes } = this.asked.next(id);
    if (outcome.status === 'changed' || outcome.status === 'digest-only')
      throw new SessionError('BAD_FRAME', `The server answers with a file that is ${outcome.status}.`);
    if (outcome.status === 'whole' && content.length > lengthBytes)
      throw new SessionError('SIZE_MISMATCH', 'The server sends more of a file than was asked for.');
    this.asked.settle();
    this.handlers.onFile(outcome, content);
  }

  private takeFileStart(payload: Buffer): void {
    const { ordinal, offset } = readFileStart(payload);
    const asked = this.asked.next(ordinal);
    if (offset !== asked.offset)
      throw new SessionError('BAD_FRAME', `The server begins at ${offset}; ${asked.offset} was asked for.`);
    this.content = new ContentCheck(ordinal, offset, asked.lengthBytes);
    this.current = 'receiving-file';
    this.handlers.onFileStart();
  }

  private takeData(part: Buffer): void {
    (this.content as ContentCheck).advance(part.length);
    this.handlers.onData(part);
  }

  private takeFileEnd(payload: Buffer): void {
    const outcome = (this.content as ContentCheck).finish(payload);
    this.content = null;
    this.current = 'open';
    this.asked.settle();
    this.handlers.onFileEnd(outcome);
  }
}
