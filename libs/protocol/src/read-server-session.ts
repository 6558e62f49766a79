import { SessionError, sessionErrorOf } from './errors.js';
import { FileAnswers } from './file-answers.js';
import { FloodGuard } from './flood-guard.js';
import { FrameDecoder } from './frame-decoder.js';
import { FRAME, frameName, type FrameType } from './frame.js';
import { ListAnswer } from './list-answer.js';
import { encodeError, encodeKeepalive, readError, readMessage } from './messages.js';
import { PeerClock } from './peer-clock.js';
import { List, MAX_FETCH_WINDOW, Open, encodeAllOwners, encodeOpened } from './read-messages.js';
import { READ_SERVER_ACCEPTS, type ReadServerState } from './read-order.js';
import { RequestQueue } from './request-queue.js';
import { READ_SESSION_LIMITS, type SessionLimits } from './session-limits.js';
import type { OpenSnapshot, SnapshotSource } from './snapshot-source.js';

/** Nothing is produced while this much has not left. SPEC.md §8. */
const MOST_UNSENT_BYTES = 8 * 1024 * 1024;
/** A slice ends after this many bytes sent, or this many steps that may have sent nothing. */
const SLICE_BYTES = 1024 * 1024;
const SLICE_STEPS = 128;

export interface ReadServerOptions {
  source: SnapshotSource;
  /**
   * Takes whole frames, in order, and says with `left` when they have left. Frames of 64 KiB and more have memory of their
   * own, which may be moved to another thread.
   */
  send: (frame: Buffer) => void;
  /** As in WELCOME. */
  fetchWindow?: number;
  limits?: Partial<SessionLimits>;
  /** Milliseconds of a clock that never goes back. */
  now?: () => number;
}

/**
 * The server side of a session that reads, from WELCOME on: checks what a client asks and answers it out of a source.
 * What arrives is only noted; the caller calls `produce` as long as there is something to do, and gives its event loop
 * a turn between. Never throws; a violation or an error of the source ends the session with that error, once.
 * The open snapshot is closed then, whatever way the session ends. SPEC.md §8.
 */
export class ReadServerSession {
  /** Resolves once nothing more will be sent and the snapshot is closed. */
  readonly closed: Promise<void>;

  private current: ReadServerState = 'ready';
  private failure: SessionError | null = null;
  private snapshot: OpenSnapshot | null = null;
  private opening: string | null = null;
  private list: ListAnswer | null = null;
  private sentBytes = 0;
  private unsent = 0;
  private filesAnswered = 0;
  private sentAtMs: number;
  private leftAtMs = 0;
  private held = false;
  private readonly requests: RequestQueue;
  private readonly files = new FileAnswers((frame) => this.send(frame));
  private readonly now: () => number;
  private readonly limits: SessionLimits;
  private readonly flood: FloodGuard;
  private readonly clock: PeerClock;
  private readonly decoder: FrameDecoder;
  private resolveClosed: () => void = () => undefined;

  constructor(private readonly options: ReadServerOptions) {
    this.now = options.now ?? (() => performance.now());
    this.limits = { ...READ_SESSION_LIMITS, ...options.limits };
    this.requests = new RequestQueue(options.fetchWindow ?? MAX_FETCH_WINDOW);
    this.flood = new FloodGuard(this.limits);
    this.decoder = new FrameDecoder({
      begin: (type, payloadBytes) => this.begin(type, payloadBytes),
      frame: (type, payload) => this.take(type, payload),
      data: () => undefined,
    });
    this.clock = new PeerClock(this.limits, this.now, this.decoder);
    this.sentAtMs = this.now();
    this.closed = new Promise((resolve) => (this.resolveClosed = resolve));
  }

  get state(): ReadServerState {
    return this.current;
  }

  /** Why the session ended, null while it runs and after a good end. */
  get error(): SessionError | null {
    return this.failure;
  }

  get progress(): { files: number; sentBytes: number } {
    return { files: this.filesAnswered, sentBytes: this.sentBytes };
  }

  /** Bytes handed to `send` that have not left. */
  get unsentBytes(): number {
    return this.unsent;
  }

  /** True while `produce` would send something: there is a request to answer, and room. */
  get wantsToSend(): boolean {
    return this.isBusy && this.unsent < MOST_UNSENT_BYTES;
  }

  /** Notes what `chunk` asks for; it is the caller's again on return. */
  receive(chunk: Buffer): void {
    if (this.current === 'closed') return;
    this.guarded(() => this.clock.heard(() => this.decoder.push(chunk)));
    this.settleClock();
  }

  /** Sends the next slice, a few milliseconds of work; `more` if there is another one to send at once. */
  produce(): 'more' | 'idle' {
    if (this.wantsToSend) this.guarded(() => this.sendSlice());
    this.settleClock();
    return this.wantsToSend ? 'more' : 'idle';
  }

  /** That many bytes of what was sent have left this process. `memory`: of a frame, to be used again. */
  left(lengthBytes: number, memory: ArrayBuffer | null = null): void {
    this.unsent = Math.max(0, this.unsent - lengthBytes);
    this.leftAtMs = this.now();
    if (memory) this.files.giveBack(memory);
    this.settleClock();
  }

  /** This side reads nothing from the peer while held: none of that time counts as the peer's. */
  holdPeer(held: boolean): void {
    this.held = held;
    this.settleClock();
  }

  /** Call about once a second: ends a session whose peer is silent or takes nothing, and keeps it from thinking so. */
  checkDeadlines(): void {
    if (this.current === 'closed') return;
    this.guarded(() => {
      this.clock.check();
      if (this.unsent > 0 && this.now() - this.leftAtMs > this.limits.idleMs)
        throw new SessionError(
          'TOO_SLOW',
          `The peer has taken nothing of ${this.unsent} bytes for ${Math.round(this.limits.idleMs / 1000)} s.`,
        );
    });
    if (this.failure === null && this.now() - this.sentAtMs >= this.limits.keepaliveAfterMs)
      this.send(encodeKeepalive());
  }

  /** The stream ended. */
  end(): void {
    if (this.current === 'closed') return;
    this.failure = new SessionError('CONNECTION_LOST', 'The connection ended without a BYE.');
    this.close();
  }

  /** Ends the session with an error, e.g. DRAINING. */
  fail(error: SessionError): void {
    this.refuse(error);
  }

  private get isBusy(): boolean {
    if (this.current === 'closed') return false;
    return this.opening !== null || !this.requests.isEmpty;
  }

  /** The peer may be silent while there is something to send or on its way. */
  private settleClock(): void {
    if (this.held || this.isBusy || this.unsent > 0) this.clock.stop();
    else this.clock.goOn();
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
    this.closeSnapshot();
    this.resolveClosed();
  }

  private closeSnapshot(): void {
    const { list, snapshot } = this;
    this.list = null;
    this.snapshot = null;
    try {
      list?.close();
      snapshot?.close();
    } catch (cause) {
      this.failure ??= sessionErrorOf(cause);
    }
  }

  private send(frame: Buffer): void {
    this.sentAtMs = this.now();
    if (this.unsent === 0) this.leftAtMs = this.sentAtMs;
    this.unsent += frame.length;
    this.sentBytes += frame.length;
    this.options.send(frame);
  }

  private begin(type: FrameType, payloadBytes: number): void {
    if (!READ_SERVER_ACCEPTS[this.current].has(type))
      throw new SessionError('WRONG_ORDER', `The client sent ${frameName(type)} while ${this.current}.`);
    if (type === FRAME.FETCH) this.requests.checkWindow();
    this.flood.count(type, payloadBytes, this.now);
  }

  private take(type: FrameType, payload: Buffer): void {
    switch (type) {
      case FRAME.OPEN:
        return this.takeOpen(readMessage(type, payload, Open).snapshot);
      case FRAME.LIST:
        return this.requests.addList(readMessage(type, payload, List));
      case FRAME.FETCH:
        return this.requests.addFetch(payload);
      case FRAME.ERROR:
        this.failure = readError(payload);
        return this.close();
      case FRAME.BYE:
        return this.close();
      default:
    }
  }

  private takeOpen(snapshot: string): void {
    if (!this.requests.isEmpty)
      throw new SessionError('WRONG_ORDER', 'The client sent OPEN while it waits for answers.');
    this.opening = snapshot;
    this.current = 'opening';
  }

  private sendSlice(): void {
    const until = this.sentBytes + SLICE_BYTES;
    for (let steps = 0; steps < SLICE_STEPS && this.wantsToSend && this.sentBytes < until; steps++)
      this.step();
    if (this.requests.isEmpty) this.files.flush();
  }

  private step(): void {
    if (this.opening !== null) return this.openSnapshot(this.opening);
    if (this.list) return this.stepList(this.list);
    if (!this.files.within) this.beginNext(this.snapshot as OpenSnapshot);
    if (this.files.within) {
      this.files.step();
      if (this.files.within) return;
      this.fileAnswered();
    }
  }

  private openSnapshot(name: string): void {
    this.closeSnapshot();
    this.opening = null;
    const snapshot = this.options.source.open(name);
    this.snapshot = snapshot;
    for (const frame of encodeAllOwners(snapshot)) this.send(frame);
    this.send(encodeOpened(snapshot.receipt));
    this.current = 'open';
  }

  private beginNext(snapshot: OpenSnapshot): void {
    const request = this.requests.next();
    if (!request) return;
    if ('depth' in request) {
      this.files.flush();
      this.list = new ListAnswer(snapshot, request, (frame) => this.send(frame));
      return;
    }
    this.files.begin(snapshot, request);
    if (!this.files.within) this.fileAnswered();
  }

  private stepList(list: ListAnswer): void {
    if (!list.step()) return;
    this.list = null;
    this.requests.listAnswered();
  }

  private fileAnswered(): void {
    this.filesAnswered++;
    this.requests.fileAnswered();
  }
}
