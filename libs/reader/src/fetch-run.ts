import {
  createDigest,
  digestOf,
  type Digest,
  type ReadClientSession,
  type ReadOutcome,
} from '@periodic-backup/protocol';
import type { FileFailure, FileOutcome, FileTaker, FileWant, Taken } from './file-taker.js';

const ZEROS = Buffer.alloc(256 * 1024);
const FAILURES: ReadonlySet<string> = new Set<FileFailure>(['UNREADABLE', 'DAMAGED', 'STORAGE_FAILED']);

/** What a run needs of the connection. */
export interface FetchConnection {
  readonly session: ReadClientSession;
  /** Reads nothing more until the taker has caught up. */
  waitFor(taken: Promise<void>): void;
  /** Ends the connection because of the caller's own error. */
  giveUp(cause: unknown): void;
}

/** Asks for many files ahead and hands each to a taker in the order asked. */
export class FetchRun<Want extends FileWant> {
  /** Asked for and not answered, in order; those before `first` are answered. */
  #asked: Want[] = [];
  #first = 0;
  #digest: Digest | null = null;
  #flushing = false;
  #failed = false;
  #wake: () => void = () => undefined;

  constructor(
    private readonly connection: FetchConnection,
    private readonly taker: FileTaker<Want>,
  ) {}

  /** Resolves once every want is answered. */
  async ask(wants: AsyncIterable<Want> | Iterable<Want>): Promise<void> {
    const { session } = this.connection;
    for await (const want of wants) {
      if (this.#failed) return;
      if (session.room === 0) {
        session.flush();
        await this.#until(() => session.room > 0);
      }
      session.fetch(want.path, want.offset ?? 0, want.lengthBytes ?? null);
      this.#asked.push(want);
      this.#flushSoon();
    }
    session.flush();
    await this.#until(() => session.unanswered === 0);
  }

  /** The connection is gone: nothing more comes. */
  fail(): void {
    this.#failed = true;
    this.#endDigest();
    this.#wake();
  }

  file(outcome: ReadOutcome, content: Buffer): void {
    const want = this.#answered();
    if (outcome.status === 'vanished') return this.#tell(() => this.taker.failed(want, 'NOT_FOUND'));
    if (outcome.status === 'unreadable') {
      const code = failureOf(content.toString('latin1'));
      return this.#tell(() => this.taker.failed(want, code));
    }
    const digestMatches = isWhole(want) ? digestOf(content).equals(outcome.digest) : null;
    if (digestMatches === false) return this.#tell(() => this.taker.failed(want, 'DIGEST_MISMATCH'));
    this.#tell(() => this.taker.whole(want, content, outcomeOf(outcome, digestMatches)));
  }

  start(): void {
    const want = this.#current;
    this.#digest = isWhole(want) ? createDigest() : null;
    this.#tell(() => this.taker.begin(want));
  }

  data(part: Buffer): void {
    this.#digest?.update(part);
    this.#tell(() => this.taker.bytes(this.#current, part));
  }

  hole(lengthBytes: number): void {
    for (let left = this.#digest ? lengthBytes : 0; left > 0; left -= ZEROS.length)
      this.#digest?.update(ZEROS.subarray(0, left));
    this.#tell(() => this.taker.hole(this.#current, lengthBytes));
  }

  end(outcome: ReadOutcome): void {
    const found = this.#endDigest();
    const want = this.#answered();
    if (outcome.status === 'unreadable') return this.#tell(() => this.taker.failed(want, 'DAMAGED'));
    this.#tell(() => this.taker.end(want, outcomeOf(outcome, found && found.equals(outcome.digest))));
  }

  get #current(): Want {
    return this.#asked[this.#first] as Want;
  }

  #answered(): Want {
    const want = this.#current;
    if (++this.#first === 4096) {
      this.#asked = this.#asked.slice(this.#first);
      this.#first = 0;
    }
    const { room, unanswered } = this.connection.session;
    // Asked again by the half window, not one by one.
    if (room >= unanswered || unanswered === 0) this.#wake();
    return want;
  }

  #tell(call: () => Taken): void {
    if (this.#failed) return;
    try {
      const taken = call();
      if (taken) this.connection.waitFor(taken);
    } catch (cause) {
      this.connection.giveUp(cause);
    }
  }

  /** Asks for what is together at the end of this turn of the event loop. */
  #flushSoon(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    setImmediate(() => {
      this.#flushing = false;
      this.connection.session.flush();
    });
  }

  async #until(ready: () => boolean): Promise<void> {
    while (!this.#failed && !ready()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  /** The fallback without native code has few digests: one that is begun is always ended. */
  #endDigest(): Buffer | null {
    const digest = this.#digest;
    this.#digest = null;
    return digest?.finish() ?? null;
  }
}

function isWhole(want: FileWant): boolean {
  return (want.offset ?? 0) === 0 && (want.lengthBytes ?? null) === null;
}

function outcomeOf({ digest, mtimeNs, ctimeNs }: ReadOutcome, digestMatches: boolean | null): FileOutcome {
  return { digest, mtimeNs, ctimeNs, digestMatches };
}

/** A name that a later version has counts as damage: the file did not come. */
function failureOf(name: string): FileFailure {
  return FAILURES.has(name) ? (name as FileFailure) : 'DAMAGED';
}
