import { setImmediate as turn } from 'node:timers/promises';
import { Receipt, type ReceiverOffer } from '@periodic-backup/contracts';
import { DIGEST_NAME, EntriesBatch, type SessionError, type Welcome } from '@periodic-backup/protocol';
import type { DialOptions } from '@periodic-backup/trust';
import type { TransmittedFiles } from '../after-transmit/transmitted-files.js';
import { OwnerNames } from '../walk/owner-names.js';
import { SourceWalk, type WalkedEntry } from '../walk/walk-source.js';
import { asSessionError } from './as-session-error.js';
import type { CancelFlag } from './cancel-flag.js';
import { DataRing } from './data-ring.js';
import { FileAnswers } from './file-answers.js';
import { OpenEntries, type OpenFile } from './open-entries.js';
import { ReceiverLink } from './receiver-link.js';
import type { Pace } from './pace.js';
import type { RunTally } from './run-tally.js';
import { SourceFiles } from './source-files.js';
import type { TransferTimes } from './transfer-times.js';

export interface SnapshotOrder {
  readonly ticket: string;
  /** Real path of the source. */
  readonly source: Buffer;
  readonly excludes: readonly string[];
  /** Software and version, for the receiver's log. */
  readonly agent: string;
  readonly tally: RunTally;
  readonly cancel: CancelFlag;
  readonly times: TransferTimes;
  readonly pace: Pace;
  /** What is shown to receivers on other machines. */
  readonly credentials: DialOptions['credentials'];
  /** Takes what was sent as it is, for the rule after the receipt; null for `keep`. */
  readonly transmitted: TransmittedFiles | null;
  /** HELLO is on its way. */
  onConnected(receiver: ReceiverOffer): void;
}

/** Entries kept undecided on their way, so that requests never run dry. */
const ENTRIES_AHEAD = 4096;
/**
 * Entries announced at once where their content follows unasked: what is open on both sides is then garbage before
 * a collection of the young generation would have to copy it.
 */
const EAGER_ENTRIES = 64;
/** The event loop gets a turn at least this often. */
const SLICE_MS = 5;

/**
 * Sends one snapshot over one connection and resolves with its receipt: the snapshot is durable then.
 * Safe to repeat: what is staged is not sent again, what is committed answers with its receipt.
 * @throws SessionError – retryable ones on the next receiver or later
 */
export async function sendSnapshot(receiver: ReceiverOffer, order: SnapshotOrder): Promise<Receipt> {
  const link = await ReceiverLink.open(receiver, order);
  let failure: SessionError | null = null;
  try {
    link.session.open({
      ticket: order.ticket,
      agent: order.agent,
      digest: [DIGEST_NAME],
      capabilities: [],
    });
    order.onConnected(receiver);
    const welcome = await link.until(() => link.welcome);
    const receipt = Receipt.parse(welcome.receipt ?? (await new SnapshotStream(order, link, welcome).run()));
    link.session.bye();
    return receipt;
  } catch (error) {
    failure = link.failure ?? asSessionError(error);
    throw failure;
  } finally {
    link.close(failure);
    order.tally.bytesSent += link.session.bytesSent;
  }
}

/** Entries and content of one snapshot, interleaved within the receiver's window, up to COMMIT. */
class SnapshotStream {
  readonly #batch = new EntriesBatch();
  readonly #owners = new OwnerNames();
  readonly #source: SourceFiles;
  readonly #walk: SourceWalk;
  readonly #open: OpenEntries;
  readonly #answers: FileAnswers;
  readonly #ahead: number;
  readonly #batchEntries: number;
  #held: WalkedEntry | null = null;
  #walkEnded = false;
  #unreadableDirectories = 0;

  constructor(
    private readonly order: SnapshotOrder,
    private readonly link: ReceiverLink,
    welcome: Welcome,
  ) {
    const { source, excludes, tally, transmitted } = order;
    const eager = welcome.mode === 'eager';
    tally.restart();
    transmitted?.begin();
    this.#source = new SourceFiles(source);
    this.#walk = new SourceWalk(source, excludes, (path, errno) => tally.problem(path, errno));
    this.#open = new OpenEntries(welcome.entryWindow, eager, (file) => this.#noteUnwanted(file));
    // Content follows its entry at once where all of it is wanted; else requests must not run dry.
    this.#batchEntries = eager ? EAGER_ENTRIES : Infinity;
    this.#ahead = eager ? 0 : Math.min(ENTRIES_AHEAD, Math.floor(welcome.entryWindow / 2));
    this.#answers = new FileAnswers({
      session: link.session,
      frames: link.frames,
      ring: new DataRing(link.wire),
      open: this.#open,
      source: this.#source,
      pace: order.pace,
      tally,
      transmitted,
    });
    link.onWant = (decided, items) => this.#open.decide(decided, items);
  }

  /** Resolves with the receipt. */
  async run(): Promise<unknown> {
    const { link, order } = this;
    try {
      for (;;) {
        await this.#stream();
        order.transmitted?.complete();
        link.session.commit({
          entries: order.tally.entries,
          problems: this.#unreadableDirectories + this.#answers.problems,
        });
        // A file asked for once more makes the COMMIT it crossed on its way void.
        await link.until(() => link.receipt ?? (this.#open.wanted > 0 ? 'again' : null));
        if (link.receipt) return link.receipt;
      }
    } finally {
      this.#answers.close();
      this.#walk.close();
      this.#source.close();
    }
  }

  async #stream(): Promise<void> {
    const { link } = this;
    const { pace } = this.order;
    let turnAt = performance.now() + SLICE_MS;
    for (;;) {
      link.check();
      const { delayMs } = pace;
      if (delayMs > 0) {
        await link.rest(delayMs);
        continue;
      }
      const state = this.#step();
      if (state === 'done') return;
      if (state === 'wait' || link.wire.full) await link.pause();
      else if (performance.now() >= turnAt) await turn();
      else continue;
      turnAt = performance.now() + SLICE_MS;
    }
  }

  /** Does one small piece of work. */
  #step(): 'went-on' | 'wait' | 'done' {
    const open = this.#open;
    if (this.#answers.busy) {
      if (!this.#answers.hasRoom) return 'wait';
      this.#answers.goOn();
      return 'went-on';
    }
    const mayAnnounce = !this.#walkEnded && open.room > 0;
    if (mayAnnounce && open.undecided + open.wanted <= this.#ahead) {
      this.#announce();
      return 'went-on';
    }
    if (open.wanted > 0) return this.#answerNext();
    if (mayAnnounce) {
      this.#announce();
      return 'went-on';
    }
    this.#answers.flush();
    return this.#walkEnded && open.undecided === 0 ? 'done' : 'wait';
  }

  #answerNext(): 'went-on' | 'wait' {
    const want = this.#answers.hasRoom ? this.#open.takeWant() : null;
    if (want) this.#answers.answer(want);
    else this.#answers.flush();
    return want ? 'went-on' : 'wait';
  }

  /** Sends the next batch of entries, as many as it holds and the window allows. */
  #announce(): void {
    const { tally } = this.order;
    // In order: what was answered is settled for the receiver before it counts the new entries.
    this.#answers.flush();
    for (
      let room = Math.min(this.#open.room, this.#batchEntries);
      room > 0 && !this.#walkEnded && !this.#owners.full;
      room--
    ) {
      const walked = this.#held ?? this.#walk.next();
      this.#held = null;
      if (!walked) {
        this.#walkEnded = true;
        tally.walkEnded();
        break;
      }
      if (!this.#batch.add(walked.entry)) {
        this.#held = walked;
        break;
      }
      this.#count(walked);
    }
    const owners = this.#owners.take();
    if (owners) this.link.session.sendOwners(owners);
    if (this.#batch.count > 0) this.link.session.sendEntries(this.#batch);
  }

  #count(walked: WalkedEntry): void {
    const { tally, transmitted } = this.order;
    const { entry, dev, ino, linked } = walked;
    tally.entries++;
    if (entry.kind === 'file') tally.sawFile(entry.size);
    else if (entry.unreadable) this.#unreadableDirectories++;
    if (entry.kind === 'symlink' || entry.kind === 'hardlink')
      transmitted?.add({ ...entry, kind: entry.kind, dev, ino, linked });
    this.#owners.see(entry.uid, entry.gid);
    this.#open.announce(walked);
  }

  /** The vault has this file already, as it is. */
  #noteUnwanted({ walked }: OpenFile): void {
    const { entry, dev, ino, linked } = walked;
    this.order.tally.finishedFile(entry.size);
    this.order.transmitted?.add({ ...entry, kind: 'file', dev, ino, linked });
  }
}
