import type { ReceiverOffer } from '@periodic-backup/contracts';
import {
  DIGEST_NAME,
  ReadClientSession,
  SessionError,
  type Entry,
  type Owners,
  type ReadOutcome,
  type Welcome,
} from '@periodic-backup/protocol';
import type { DialOptions } from '@periodic-backup/trust';
import type { FetchConnection } from './fetch-run.js';
import { asSessionError } from './reader-errors.js';
import { ReceiverWire } from './receiver-wire.js';

const MOST_BEAT_MS = 1_000;
const KEEPALIVE_MS = 5_000;

/** Something asked of the receiver that is answered once. */
interface Awaited<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

export interface ListedPage {
  readonly entries: Entry[];
  readonly more: boolean;
}

export interface OpenedAnswer {
  readonly receipt: unknown;
  readonly owners: Owners;
}

/** Who takes the answers to fetches. */
export interface AnswerTaker {
  file(outcome: ReadOutcome, content: Buffer): void;
  start(): void;
  data(part: Buffer): void;
  hole(lengthBytes: number): void;
  end(outcome: ReadOutcome): void;
  /** Nothing more comes. */
  fail(): void;
}

/** One connection to a receiver with the session on it: hands answers to whoever waits for them, and watches the time. */
export class ReaderConnection implements FetchConnection {
  readonly session: ReadClientSession;
  #failure: SessionError | null = null;
  /** What the caller's own code threw, which ended the connection. */
  #cause: Error | null = null;
  #welcome: Awaited<Welcome> | null = null;
  #opened: Awaited<OpenedAnswer> | null = null;
  #listed: Awaited<ListedPage> | null = null;
  #fetched: Awaited<void> | null = null;
  #taker: AnswerTaker | null = null;
  #page: Entry[] = [];
  #waits = 0;
  #caughtUp: () => void = () => undefined;
  #lastBeatMs = performance.now();
  readonly #beatMs: number;
  readonly #beat: NodeJS.Timeout;
  readonly #unlisten: () => void;

  private constructor(
    private readonly wire: ReceiverWire,
    private readonly silenceMs: number,
    signal: AbortSignal | undefined,
  ) {
    this.session = new ReadClientSession(wire.write, {
      onWelcome: (welcome) => this.#welcome?.resolve(welcome),
      onOpened: (receipt, owners) => this.#opened?.resolve({ receipt, owners }),
      onEntry: (entry) => this.#page.push(entry),
      onListed: (more) => this.#listed?.resolve({ entries: this.#page.splice(0), more }),
      onFile: (outcome, content) => this.#taker?.file(outcome, content),
      onFileStart: () => this.#taker?.start(),
      onData: (part) => this.#taker?.data(part),
      onHole: (lengthBytes) => this.#taker?.hole(lengthBytes),
      onFileEnd: (outcome) => this.#taker?.end(outcome),
      onError: (error) => this.#fail(error),
    });
    this.#beatMs = Math.min(MOST_BEAT_MS, silenceMs / 4);
    this.#beat = setInterval(() => this.#onBeat(), this.#beatMs);
    const onAbort = (): void => this.giveUp(new SessionError('CANCELLED', 'Reading was given up.'));
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#unlisten = () => signal?.removeEventListener('abort', onAbort);
  }

  /** Connects and is welcomed. @throws SessionError – perhaps another receiver can */
  static async open(
    offer: ReceiverOffer,
    hello: { readonly ticket: string; readonly software: string },
    {
      connectMs,
      silenceMs,
      credentials,
    }: Pick<DialOptions, 'credentials'> & { readonly connectMs: number; readonly silenceMs: number },
    signal: AbortSignal | undefined,
  ): Promise<ReaderConnection> {
    const limit = AbortSignal.timeout(connectMs);
    const wire = await ReceiverWire.connect(offer, {
      credentials,
      limit: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const connection = new ReaderConnection(wire, silenceMs, signal);
    const late = (): void =>
      connection.giveUp(
        new SessionError('CONNECTION_LOST', `The receiver gave no welcome within ${connectMs / 1000} s.`),
      );
    limit.addEventListener('abort', late, { once: true });
    try {
      await connection.#greet(hello);
    } finally {
      limit.removeEventListener('abort', late);
    }
    if (signal?.aborted) connection.giveUp(new SessionError('CANCELLED', 'Reading was given up.'));
    connection.check();
    return connection;
  }

  get bytesReceived(): number {
    return this.wire.bytesReceived;
  }

  /** Throws what ended the connection. */
  check(): void {
    if (this.#cause !== null) throw this.#cause;
    if (this.#failure) throw this.#failure;
  }

  openSnapshot(snapshot: string): Promise<OpenedAnswer> {
    return this.#ask(
      (awaited) => (this.#opened = awaited),
      () => this.session.openSnapshot(snapshot),
    );
  }

  list(list: Parameters<ReadClientSession['sendList']>[0]): Promise<ListedPage> {
    return this.#ask(
      (awaited) => (this.#listed = awaited),
      () => this.session.sendList(list),
    );
  }

  /** Lets `taker` take answers until `asking` has asked for everything, got it, and the taker has caught up. */
  async fetch(taker: AnswerTaker, asking: () => Promise<void>): Promise<void> {
    this.check();
    if (this.#taker) throw new SessionError('WRONG_ORDER', 'Another fetch is under way on this connection.');
    this.#taker = taker;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#fetched = { resolve, reject };
        asking().then(
          () => (this.#waits === 0 ? resolve() : (this.#caughtUp = resolve)),
          (cause: unknown) => {
            if (this.session.unanswered > 0) this.giveUp(cause);
            reject(cause as Error);
          },
        );
      });
    } finally {
      this.#taker = null;
    }
  }

  waitFor(taken: Promise<void>): void {
    this.#waits++;
    this.session.letGo();
    this.wire.hold();
    taken.then(
      () => {
        if (--this.#waits > 0) return;
        this.wire.goOn();
        this.#caughtUp();
      },
      (cause: unknown) => this.giveUp(cause),
    );
  }

  giveUp(cause: unknown): void {
    const error = asSessionError(cause);
    if (cause instanceof Error && cause !== error) this.#cause ??= cause;
    this.#fail(error);
  }

  /** Ends the connection; whoever still waits is told. Safe to repeat. */
  close(): void {
    this.session.bye();
    this.#fail(new SessionError('CANCELLED', 'The connection was closed by this side.'));
  }

  #greet({ ticket, software }: { readonly ticket: string; readonly software: string }): Promise<Welcome> {
    return this.#ask(
      (awaited) => (this.#welcome = awaited),
      () => {
        this.session.greet({ ticket, agent: software, digest: [DIGEST_NAME] });
        this.wire.listen({
          onBytes: (chunk) => this.#receive(chunk),
          onEnd: (cause) => this.#onEnd(cause),
        });
      },
    );
  }

  async #ask<T>(note: (awaited: Awaited<T>) => void, send: () => void): Promise<T> {
    this.check();
    return await new Promise<T>((resolve, reject) => {
      send();
      note({ resolve, reject });
    });
  }

  #receive(chunk: Buffer): void {
    try {
      this.session.receive(chunk);
    } catch (cause) {
      this.giveUp(cause);
    }
  }

  #onEnd(cause: Error | null): void {
    const why = cause ? `: ${cause.message}` : '';
    this.#fail(new SessionError('CONNECTION_LOST', `The connection to the receiver ended${why}.`, { cause }));
  }

  #fail(error: SessionError): void {
    if (this.#failure) return;
    this.#failure = error;
    this.session.abort(new SessionError('CANCELLED', error.message));
    clearInterval(this.#beat);
    this.#unlisten();
    this.wire.close();
    const thrown = this.#cause ?? error;
    for (const awaited of [this.#welcome, this.#opened, this.#listed, this.#fetched]) awaited?.reject(thrown);
    this.#taker?.fail();
  }

  #onBeat(): void {
    // A loop that was blocked has not listened either: only silence while listening counts.
    const lateMs = performance.now() - this.#lastBeatMs - this.#beatMs;
    this.#lastBeatMs = performance.now();
    if (lateMs > this.#beatMs) this.wire.heardAtMs += lateMs;
    if (performance.now() - this.wire.spokeAtMs >= KEEPALIVE_MS) this.session.keepalive();
    if (!this.wire.isHeld && performance.now() - this.wire.heardAtMs > this.silenceMs)
      this.giveUp(
        new SessionError('CONNECTION_LOST', `The receiver has said nothing for ${this.silenceMs / 1000} s.`),
      );
  }
}
