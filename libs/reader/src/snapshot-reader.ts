import { Receipt, type ReceiverOffer } from '@periodic-backup/contracts';
import { SessionError, type Entry } from '@periodic-backup/protocol';
import type { TransferCredentials } from '@periodic-backup/trust';
import { FetchRun } from './fetch-run.js';
import { FilePieces } from './file-pieces.js';
import type { FileTaker, FileWant, ReadPiece } from './file-taker.js';
import { ReaderConnection, type ListedPage } from './reader-connection.js';

const CONNECT_MS = 10_000;
const SILENCE_MS = 60_000;
/** Entries asked for at once: they are held in memory until the caller takes them. */
const PAGE_ENTRIES = 4096;

export interface ReaderOptions {
  /** Name and version of the program, for the receiver's log. */
  readonly software: string;
  /** For each receiver, up to its welcome. 10 s if left out. */
  readonly connectMs?: number;
  /** A receiver that says nothing for so long is given up. 60 s if left out. */
  readonly silenceMs?: number;
  /** Ends the connection, whatever it does. */
  readonly signal?: AbortSignal;
  /** What is shown to receivers on other machines; left out: those cannot be read from. */
  readonly credentials?: (() => TransferCredentials) | null;
}

export interface OpenedSnapshot {
  /** Not yet checked against the vault's key. */
  readonly receipt: Receipt;
  /** Names of the owners' ids, as the source knew them. */
  readonly users: Readonly<Record<string, string>>;
  readonly groups: Readonly<Record<string, string>>;
}

export interface ListRange {
  /** Only what lies below this directory, without itself (empty: all but the root's own entry); null: everything. */
  readonly below: Buffer | null;
  /** Begins at this path or the next one behind it. */
  readonly from: Buffer | null;
  /** `children` does not descend. */
  readonly depth: 'children' | 'all';
  /** At most so many entries in all. */
  readonly limit: number;
}

/** One connection to a vault's receiver, with one open snapshot at a time. A failure ends it for good: connect anew. */
export class SnapshotReader {
  #complete = false;

  private constructor(
    private readonly connection: ReaderConnection,
    readonly receiverId: string,
  ) {}

  /**
   * Connects to the first of the offers that welcomes this ticket.
   * @throws SessionError of the last one that answered; CANCELLED if the signal was raised
   */
  static async connect(
    offers: readonly ReceiverOffer[],
    ticket: string,
    { software, connectMs = CONNECT_MS, silenceMs = SILENCE_MS, signal, credentials = null }: ReaderOptions,
  ): Promise<SnapshotReader> {
    const times = { connectMs, silenceMs, credentials };
    let error = new SessionError('CONNECTION_LOST', 'No receiver of this vault is known.');
    for (const offer of offers) {
      if (signal?.aborted) throw new SessionError('CANCELLED', 'Reading was given up.');
      try {
        const connection = await ReaderConnection.open(offer, { ticket, software }, times, signal);
        return new SnapshotReader(connection, offer.receiverId);
      } catch (cause) {
        if (!(cause instanceof SessionError) || cause.code === 'CANCELLED') throw cause;
        // What a receiver said tells more than that another one cannot be reached.
        if (cause.code !== 'CONNECTION_LOST' || error.code === 'CONNECTION_LOST') error = cause;
      }
    }
    if (signal?.aborted) throw new SessionError('CANCELLED', 'Reading was given up.');
    throw error;
  }

  /** Bytes that came over the wire so far. */
  get bytesReceived(): number {
    return this.connection.bytesReceived;
  }

  /** Whether the list that ended last ended because there is nothing more, not at its limit. */
  get lastListWasComplete(): boolean {
    return this.#complete;
  }

  /**
   * Opens a snapshot in place of the one before; nothing else may be under way.
   * @throws SessionError NOT_FOUND, DAMAGED, TICKET_INVALID – the connection is over then, as with every other
   */
  async open(snapshot: string): Promise<OpenedSnapshot> {
    const { receipt, owners } = await this.connection.openSnapshot(snapshot);
    const checked = Receipt.safeParse(receipt);
    if (checked.success) return { receipt: checked.data, ...owners };
    const error = new SessionError('BAD_FRAME', `The receipt of ${snapshot} has not the form of one.`);
    this.connection.giveUp(error);
    throw error;
  }

  /**
   * Entries of the open snapshot in order, in batches, the next one asked for while one is worked on. One list at a time;
   * fetches may run meanwhile. @throws SessionError NOT_FOUND if there is no such directory
   */
  async *list({ below, from, depth, limit }: ListRange): AsyncGenerator<Entry[], void> {
    this.#complete = false;
    let left = limit;
    let last: Buffer | null = null;
    const ask = (): Promise<ListedPage> => {
      const page = this.connection.list({
        ...{ below, depth, from: last ?? from },
        // The last entry is the first of the next page, and not handed on again.
        limit: Math.min(left, PAGE_ENTRIES) + (last ? 1 : 0),
      });
      // It may fail while the caller is busy with the page before.
      page.catch(() => undefined);
      return page;
    };
    let next: Promise<ListedPage> | null = ask();
    try {
      while (next) {
        const { entries, more }: ListedPage = await next;
        next = null;
        if (last && entries[0]?.path.equals(last)) entries.shift();
        last = entries.at(-1)?.path ?? last;
        left -= entries.length;
        if (more && left > 0) next = ask();
        else this.#complete = !more;
        if (entries.length > 0) yield entries;
      }
    } finally {
      // Left early: the page that is on its way must not meet the next list.
      await next?.catch(() => undefined);
    }
  }

  /**
   * Bytes of one file in order; holes come as their length. A whole file is compared with its digest: if it differs, this
   * throws after the last piece. Whoever stops early ends the connection.
   * @throws FileUnavailableError – the connection goes on; SessionError – it is over
   */
  async *readFile(
    path: Buffer,
    range: { readonly offset: number; readonly length: number | null } = { offset: 0, length: null },
  ): AsyncGenerator<ReadPiece, void> {
    const pieces = new FilePieces();
    const want: FileWant = { path, offset: range.offset, lengthBytes: range.length };
    const fetched = this.fetchAll([want], pieces)
      .catch((error: unknown) => pieces.fail(error as Error))
      .then(() => pieces.finish());
    try {
      yield* pieces;
    } finally {
      if (!pieces.isOver) this.close();
      await fetched;
    }
  }

  /**
   * Asks for many files ahead, as many as the receiver allows, and hands each to `take` in the order asked. What is wrong
   * with one file does not end the others. Resolves when everything was handed over and taken.
   * @throws SessionError – the connection is over; what the taker or `wants` threw, likewise
   */
  async fetchAll<Want extends FileWant>(
    wants: AsyncIterable<Want> | Iterable<Want>,
    take: FileTaker<Want>,
  ): Promise<void> {
    const run = new FetchRun(this.connection, take);
    await this.connection.fetch(run, () => run.ask(wants));
  }

  /** Ends the connection; whoever still waits gets CANCELLED. Safe to repeat. */
  close(): void {
    this.connection.close();
  }
}
