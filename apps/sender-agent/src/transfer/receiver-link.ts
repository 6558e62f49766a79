import type { ReceiverOffer } from '@periodic-backup/contracts';
import { BackupClientSession, SessionError, type WantItem, type Welcome } from '@periodic-backup/protocol';
import type { DialOptions } from '@periodic-backup/trust';
import { asSessionError } from './as-session-error.js';
import type { CancelFlag } from './cancel-flag.js';
import { FilesFrames } from './files-frames.js';
import type { Pace } from './pace.js';
import type { TransferTimes } from './transfer-times.js';
import { Wire } from './wire.js';

interface News {
  readonly welcome?: Welcome;
  readonly receipt?: unknown;
  readonly want?: { decided: number; items: WantItem[] };
}

/** A connection to a receiver and the session on it, for a caller that sends until it has to wait. */
export class ReceiverLink {
  welcome: Welcome | null = null;
  receipt: unknown = null;
  /** Takes WANT frames; set before the first entry is sent. */
  onWant: (decided: number, items: WantItem[]) => void = () => undefined;
  #failure: SessionError | null = null;
  #resume: () => void = () => undefined;
  #beat: NodeJS.Timeout | undefined;

  private constructor(
    readonly session: BackupClientSession,
    readonly wire: Wire,
    readonly frames: FilesFrames,
    private readonly cancel: CancelFlag,
    private readonly times: TransferTimes,
  ) {}

  /** Connects. @throws SessionError CONNECTION_LOST – try the next receiver */
  static async open(
    receiver: ReceiverOffer,
    {
      cancel,
      times,
      pace,
      credentials,
    }: Pick<DialOptions, 'credentials'> & { cancel: CancelFlag; times: TransferTimes; pace: Pace },
  ): Promise<ReceiverLink> {
    cancel.check();
    const givenUp = new AbortController();
    let link: ReceiverLink | null = null;
    void cancel.raised().then(() => {
      givenUp.abort();
      link?.wake();
    });
    const wire = await Wire.connect(
      receiver,
      { credentials, limit: AbortSignal.any([givenUp.signal, AbortSignal.timeout(times.connectMs)]) },
      {
        onBytes: (chunk) => link?.session.receive(chunk),
        onEnd: (error) => link?.onEnd(error),
        onRoom: () => link?.wake(),
      },
      pace,
    ).catch((error: unknown) => {
      cancel.check();
      throw error;
    });
    const frames = new FilesFrames(wire);
    const session = new BackupClientSession(frames.write, {
      onWelcome: (welcome) => link?.note({ welcome }),
      onWant: (decided, items) => link?.note({ want: { decided, items } }),
      onRoom: () => link?.wake(),
      onReceipt: (receipt) => link?.note({ receipt }),
      onError: (error) => link?.fail(error),
    });
    link = new ReceiverLink(session, wire, frames, cancel, times);
    link.#beat = setInterval(() => link.#onBeat(), times.beatMs);
    return link;
  }

  /** What ended the session, if it did. */
  get failure(): SessionError | null {
    return this.#failure;
  }

  /** Throws what ended the session, or the wish to cancel. */
  check(): void {
    if (this.#failure) throw this.#failure;
    this.cancel.check();
  }

  /** Resolves at the next thing that happens: bytes came, room in the socket, an end, a wish to cancel. */
  async pause(): Promise<void> {
    this.check();
    await new Promise<void>((resolve) => {
      this.#resume = resolve;
    });
    this.check();
  }

  /** The same, or `delayMs` later. */
  async rest(delayMs: number): Promise<void> {
    const timer = setTimeout(() => this.wake(), delayMs);
    try {
      await this.pause();
    } finally {
      clearTimeout(timer);
    }
  }

  async until<T>(ready: () => T | null | undefined): Promise<T> {
    for (;;) {
      this.check();
      const value = ready();
      if (value !== null && value !== undefined) return value;
      await this.pause();
    }
  }

  /** Ends the connection; tells the receiver why, if it did not end it itself. */
  close(reason: SessionError | null): void {
    clearInterval(this.#beat);
    if (reason && !this.#failure) this.session.abort(reason);
    this.wire.close();
  }

  private wake(): void {
    this.#resume();
  }

  private note(news: News): void {
    try {
      if (news.welcome) this.welcome = news.welcome;
      if (news.receipt) this.receipt = news.receipt;
      if (news.want) this.onWant(news.want.decided, news.want.items);
      this.wake();
    } catch (error) {
      this.fail(asSessionError(error));
    }
  }

  private fail(error: SessionError): void {
    this.#failure ??= error;
    this.wake();
  }

  private onEnd(cause: Error | null): void {
    const why = cause ? `: ${cause.message}` : '';
    this.fail(new SessionError('CONNECTION_LOST', `The connection to the receiver ended${why}.`, { cause }));
    this.session.ended();
  }

  #onBeat(): void {
    const committing = this.session.state === 'committing';
    const limitMs = committing ? this.times.commitSilenceMs : this.times.silenceMs;
    if (this.wire.heardNothingForMs > limitMs)
      this.fail(
        new SessionError('CONNECTION_LOST', `The receiver has said nothing for ${limitMs / 1000} s.`),
      );
    else if (this.wire.silentForMs >= this.times.keepaliveMs) this.session.keepalive();
  }
}
