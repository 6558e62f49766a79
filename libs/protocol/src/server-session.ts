import { ContentWindow, DEFAULT_CONTENT_WINDOW_BYTES } from './content-window.js';
import { EntryOrder } from './entry-order.js';
import { decodeEntries } from './entry-codec.js';
import type { Entry } from './entry.js';
import { SessionError, sessionErrorOf } from './errors.js';
import { FileReception } from './file-reception.js';
import { decodeFiles } from './files-frame.js';
import { FloodGuard } from './flood-guard.js';
import { FrameDecoder } from './frame-decoder.js';
import { SERVER_ACCEPTS, type ServerSessionState } from './frame-order.js';
import { FRAME, frameName, type FrameType } from './frame.js';
import {
  Commit,
  OwnersMessage,
  ReceiptMessage,
  encodeError,
  encodeKeepalive,
  encodeMessage,
  readError,
  readMessage,
} from './messages.js';
import { OpenEntries } from './open-entries.js';
import { PeerClock } from './peer-clock.js';
import { DEFAULT_ENTRY_WINDOW, SESSION_LIMITS, type SessionLimits } from './session-limits.js';
import type { ReadOutcome, SnapshotSink } from './snapshot-sink.js';
import { encodeWant, type WantItem } from './want-frame.js';

export interface ServerSessionOptions {
  sink: SnapshotSink;
  /** Sends whole frames, in order. The caller stops feeding `receive` while the peer does not read them. */
  send: (bytes: Buffer) => void;
  entryWindow?: number;
  /** As told in WELCOME; it grows. SPEC.md §5.5. */
  contentWindow?: number;
  limits?: Partial<SessionLimits>;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/**
 * The server side of one backup from STREAMING on: checks everything a client sends and drives a sink with it.
 * Never throws; a violation or an error of the sink ends the session with that error, once. SPEC.md §3, §5, §6.
 */
export class BackupServerSession {
  /** Resolves once nothing more will be sent and the sink is released. */
  readonly closed: Promise<void>;

  private current: ServerSessionState = 'streaming';
  private failure: SessionError | null = null;
  private commitRunning = false;
  private sinkReleased = false;
  private entries = 0;
  private settledBytes = 0;
  private sentAtMs: number;
  private receiptAtMs = 0;
  private file: FileReception | null = null;
  private readonly sink: SnapshotSink;
  private readonly now: () => number;
  private readonly limits: SessionLimits;
  private readonly order = new EntryOrder();
  private readonly open: OpenEntries;
  private readonly window: ContentWindow;
  private readonly flood: FloodGuard;
  private readonly clock: PeerClock;
  private readonly decoder: FrameDecoder;
  private readonly sendBytes: (bytes: Buffer) => void;
  private resolveClosed: () => void = () => undefined;

  constructor(options: ServerSessionOptions) {
    this.sink = options.sink;
    this.sendBytes = options.send;
    this.now = options.now ?? (() => performance.now());
    this.limits = { ...SESSION_LIMITS, ...options.limits };
    this.open = new OpenEntries(options.entryWindow ?? DEFAULT_ENTRY_WINDOW);
    this.window = new ContentWindow(options.contentWindow ?? DEFAULT_CONTENT_WINDOW_BYTES);
    this.flood = new FloodGuard(this.limits);
    this.decoder = new FrameDecoder({
      begin: (type, payloadBytes) => this.begin(type, payloadBytes),
      frame: (type, payload) => this.take(type, payload),
      data: (part) => this.takeData(part),
    });
    this.clock = new PeerClock(this.limits, this.now, this.decoder);
    this.sentAtMs = this.now();
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
  }

  get state(): ServerSessionState {
    return this.current;
  }

  /** Why the session ended, null while it runs and after a good end. */
  get error(): SessionError | null {
    return this.failure;
  }

  get progress(): { entries: number; contentBytes: number } {
    return { entries: this.entries, contentBytes: this.settledBytes + (this.file?.receivedBytes ?? 0) };
  }

  /** Processes all of `chunk`, which is the caller's again on return. */
  receive(chunk: Buffer): void {
    if (this.current === 'closed') return;
    this.guarded(() => this.clock.heard(() => this.decoder.push(chunk)));
  }

  /** This side reads nothing from the peer while held: none of that time counts as the peer's. */
  holdPeer(held: boolean): void {
    if (held) this.clock.stop();
    else this.clock.goOn();
  }

  /** Call about once a second: ends a session whose peer is silent or slow, and keeps the peer from thinking so. */
  checkDeadlines(): void {
    if (this.current === 'closed') return;
    if (this.current === 'done') {
      if (this.now() - this.receiptAtMs > this.limits.byeMs) this.close();
      return;
    }
    if (this.current !== 'committing') this.guarded(() => this.clock.check());
    if (this.failure === null && this.now() - this.sentAtMs >= this.limits.keepaliveAfterMs)
      this.send(encodeKeepalive());
  }

  /** The stream ended. A commit under way is finished; its receipt is found by the next attempt. */
  end(): void {
    if (this.current === 'closed') return;
    if (this.current !== 'done')
      this.failure = new SessionError(
        'CONNECTION_LOST',
        'The connection ended before the backup was committed.',
      );
    this.close();
  }

  /** Ends the session with an error, e.g. DRAINING. Does nothing once a commit has begun: that is let finish. */
  fail(error: SessionError): void {
    if (this.current === 'streaming' || this.current === 'receiving-file') this.refuse(error);
  }

  private guarded(work: () => void): void {
    try {
      work();
    } catch (cause) {
      this.refuse(cause);
    }
  }

  private refuse(cause: unknown): void {
    if (this.current === 'closed') return;
    this.failure = sessionErrorOf(cause);
    this.send(encodeError(this.failure));
    this.close();
  }

  private close(): void {
    this.current = 'closed';
    this.decoder.stop();
    if (this.commitRunning) return;
    this.releaseSink();
    this.resolveClosed();
  }

  private releaseSink(): void {
    if (this.sinkReleased) return;
    this.sinkReleased = true;
    try {
      this.sink.release();
    } catch (cause) {
      this.failure ??= sessionErrorOf(cause);
    }
  }

  private send(bytes: Buffer): void {
    this.sentAtMs = this.now();
    this.sendBytes(bytes);
  }

  private begin(type: FrameType, payloadBytes: number): void {
    if (!SERVER_ACCEPTS[this.current].has(type))
      throw new SessionError('WRONG_ORDER', `The client sent ${frameName(type)} while ${this.current}.`);
    this.flood.count(type, payloadBytes, this.now);
    if (type === FRAME.FILES || type === FRAME.DATA) this.window.announce(payloadBytes);
  }

  private take(type: FrameType, payload: Buffer): void {
    switch (type) {
      case FRAME.ENTRIES:
        return this.takeEntries(payload);
      case FRAME.FILES:
        return this.takeFiles(payload);
      case FRAME.FILE_START:
        this.file = FileReception.start(payload, this.open, this.sink);
        this.current = 'receiving-file';
        return;
      case FRAME.HOLE:
        return this.flood.countHole((this.file as FileReception).hole(payload));
      case FRAME.FILE_END:
        return this.takeFileEnd(payload);
      case FRAME.OWNERS:
        if (payload.length > 0) this.sink.addOwners(readMessage(type, payload, OwnersMessage));
        return;
      case FRAME.COMMIT:
        return this.takeCommit(readMessage(type, payload, Commit));
      case FRAME.ERROR:
        this.failure = readError(payload);
        return this.close();
      case FRAME.BYE:
        return this.close();
      default:
    }
  }

  private takeEntries(payload: Buffer): void {
    const items: WantItem[] = [];
    decodeEntries(payload, (entry) => {
      const item = this.offer(entry);
      if (item) items.push(item);
    });
    if (!this.sink.eager) this.send(encodeWant(this.entries, items));
  }

  private offer(entry: Entry): WantItem | null {
    if (entry.digest !== null || entry.changedWhileRead)
      throw new SessionError('BAD_ENTRY', 'The client sent an entry with flags that only a manifest has.');
    this.open.checkWindow();
    this.order.accept(entry);
    return this.open.open(this.entries++, this.sink.offer(entry));
  }

  private takeFiles(payload: Buffer): void {
    decodeFiles(payload, (ordinal, outcome, content) => {
      const { what } = this.open.get(ordinal);
      if (outcome.status === 'digest-only' && what !== 'digest')
        throw new SessionError('WRONG_ORDER', `The client sent only the digest of entry ${ordinal}.`);
      const settled = this.sink.settle(ordinal, outcome, content);
      if (hasContent(outcome)) this.settledBytes += content.length;
      this.settled(ordinal, settled);
    });
    this.took(payload.length);
  }

  private takeData(part: Buffer): void {
    (this.file as FileReception).append(part);
    this.took(part.length);
  }

  /** Content is with the sink. What a death of this process would cost is bounded by staging it often enough. */
  private took(contentBytes: number): void {
    this.window.take(contentBytes);
    if (!this.window.isDue) return;
    this.sink.stage();
    this.send(this.window.tell());
  }

  private takeFileEnd(payload: Buffer): void {
    const file = this.file as FileReception;
    const settled = file.end(payload);
    this.settledBytes += file.receivedBytes;
    this.file = null;
    this.current = 'streaming';
    this.settled(file.ordinal, settled);
  }

  private settled(ordinal: number, settled: 'done' | 'again'): void {
    if (settled === 'done') this.open.close(ordinal);
    else this.send(encodeWant(this.entries, [this.open.reopen(ordinal)]));
  }

  private takeCommit(told: Commit): void {
    if (!this.open.readyToCommit()) return;
    const { entries, problems } = this.sink.counts;
    if (this.entries === 0)
      throw new SessionError('WRONG_ORDER', 'The client sent COMMIT without any entry.');
    if (told.entries !== this.entries || entries !== this.entries || told.problems !== problems)
      throw new SessionError(
        'COUNT_MISMATCH',
        `The client counts ${told.entries} entries and ${told.problems} problems, the server ` +
          `${entries} and ${problems}.`,
      );
    this.current = 'committing';
    this.commitRunning = true;
    void this.commit();
  }

  private async commit(): Promise<void> {
    try {
      const receipt = await this.sink.commit();
      this.commitRunning = false;
      if (this.state === 'committing') this.finish(receipt);
    } catch (cause) {
      this.commitRunning = false;
      this.refuse(cause);
    }
    // Closed while the commit ran: what had to wait for its end is done now.
    if (this.state === 'closed') this.close();
  }

  private finish(receipt: unknown): void {
    this.releaseSink();
    this.current = 'done';
    this.receiptAtMs = this.now();
    this.send(encodeMessage(FRAME.RECEIPT, readReceiptOfSink(receipt)));
  }
}

function hasContent(outcome: ReadOutcome): boolean {
  return outcome.status === 'whole' || outcome.status === 'changed';
}

function readReceiptOfSink(receipt: unknown): unknown {
  return ReceiptMessage.parse({ receipt });
}
