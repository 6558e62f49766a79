import {
  SessionError,
  digestOf,
  type Decision,
  type Entry,
  type Owners,
  type ReadOutcome,
  type Settled,
  type SnapshotSink,
} from '@periodic-backup/protocol';
import { EntryListReader, EntryListWriter } from '../manifest/entry-list.js';
import {
  DigestMismatchError,
  EpochSupersededError,
  errorCode,
  shownPath,
  storageError,
} from '../storage-errors.js';
import { carriedEntry } from './carried-entry.js';
import { fileWithContent, isProbablySame, isUnchanged, looksSame } from './file-sameness.js';
import { LargeFile } from './large-file.js';
import { PendingEntries, type PendingEntry } from './pending-entries.js';
import type { SnapshotContent } from './snapshot-content.js';
import { SnapshotJoin } from './snapshot-join.js';
import { SnapshotRecorder } from './snapshot-recorder.js';
import type { SnapshotWriterOptions } from './snapshot-writer-options.js';
import type { StagingDirectory } from './staging-directory.js';

/** Files up to this size are asked for at once: their content costs no more than the question. */
const DIGEST_FIRST_ABOVE_BYTES = 65_536;
/** At most so many stored files are forgotten if this process dies, however small they are. */
const FILES_PER_FLUSH = 64;

const NOTHING: Decision = { want: 'nothing' };
const DIGEST: Decision = { want: 'digest' };
const CONTENT: Decision = { want: 'content', offset: 0 };

/** Writes one snapshot into a plan's staging directory and then commits it. Owned by one session. */
export class SnapshotWriter implements SnapshotSink {
  readonly previous: string | null;
  readonly eager: boolean;
  readonly counts = { entries: 0, problems: 0 };

  private readonly content: SnapshotContent;
  private readonly staging: StagingDirectory;
  private readonly recorder: SnapshotRecorder;
  private readonly journal: EntryListWriter;
  private readonly join: SnapshotJoin;
  private readonly pending: PendingEntries;
  private large: { readonly ordinal: number; readonly file: LargeFile } | null = null;
  private filesSinceFlush = 0;
  private released = false;

  constructor(private readonly options: SnapshotWriterOptions) {
    const { staging, content, header, previousManifest, accumulate } = options;
    this.staging = staging;
    this.content = content;
    this.previous = header.previous;
    const staged = EntryListReader.open(staging.staged, { start: 0, end: null });
    this.eager = this.previous === null && staged.current === null;
    this.recorder = new SnapshotRecorder(staging, content, header);
    // What left the source is not carried over then: somebody has to know.
    if (accumulate && options.previousIsLost) this.recorder.ownProblems++;
    this.journal = new EntryListWriter(staging.journal);
    this.pending = new PendingEntries((entry) => this.recorder.add(entry));
    this.join = new SnapshotJoin({
      previous: previousManifest?.entries() ?? null,
      staged: staged.current === null ? null : staged,
      tree: content.tree,
      carry: accumulate ? (entry) => this.carry(entry) : null,
    });
    if (staged.current === null) staged.close();
  }

  offer(entry: Entry): Decision {
    return this.guarded(entry.path, () => {
      const ordinal = this.counts.entries++;
      this.join.advanceTo(entry);
      if (entry.kind === 'file') return this.offerFile(ordinal, entry);
      if (entry.kind === 'directory') {
        if (entry.unreadable) this.counts.problems++;
        if (this.join.staged !== null && this.join.staged.kind !== 'directory')
          this.content.tree.remove(entry.path);
        this.content.makeDirectory(entry.path, entry.mode);
      } else if (this.join.staged !== null) this.content.tree.remove(entry.path);
      this.pending.addSettled(entry);
      return NOTHING;
    });
  }

  addOwners(owners: Owners): void {
    this.recorder.addOwners(owners);
  }

  settle(ordinal: number, outcome: ReadOutcome, content: Buffer): Settled {
    const pending = this.pending.get(ordinal);
    return this.guarded(pending.entry.path, () => {
      const { status } = outcome;
      if (status === 'digest-only') return this.settleByDigest(ordinal, pending, outcome);
      if (status !== 'whole' && status !== 'changed') return this.settleWithout(ordinal, pending, status);
      if (content.length !== outcome.size)
        throw new SessionError(
          'SIZE_MISMATCH',
          `A file of ${outcome.size} bytes came with ${content.length} bytes.`,
        );
      if (!digestOf(content).equals(outcome.digest)) throw new DigestMismatchError(pending.entry.path);
      const stored = storedEntry(pending.entry, outcome);
      if (!this.isAsBefore(pending.previous, stored)) this.content.store(stored, content);
      return this.settled(ordinal, stored);
    });
  }

  startFile(ordinal: number, offset: number): void {
    const { entry, offset: staged } = this.pending.get(ordinal);
    this.guarded(entry.path, () => {
      if (offset !== 0 && offset !== staged)
        throw new SessionError('BAD_FRAME', `The client begins at ${offset}; 0 or ${staged} was asked for.`);
      if (this.large !== null)
        throw new SessionError('WRONG_ORDER', 'A file begins before the one before it has ended.');
      // Without a digest: begun. Known before the first byte is stored, so that each one counts.
      this.journal.add({ ...entry, digest: null, unreadable: false });
      this.flush();
      const { staging, content, options } = this;
      const file =
        offset === 0
          ? LargeFile.begin(content, entry.path)
          : LargeFile.continue(content, entry.path, offset, staging, options.writerBeforeMayLive);
      this.large = { ordinal, file };
    });
  }

  append(bytes: Buffer): void {
    const { file } = this.started();
    this.guarded(file.path, () => {
      file.append(bytes);
      this.staging.showLife();
    });
  }

  appendHole(lengthBytes: number): void {
    this.started().file.appendHole(lengthBytes);
  }

  endFile(ordinal: number, outcome: ReadOutcome): Settled {
    const { file, ordinal: startedOrdinal } = this.started();
    const pending = this.pending.get(ordinal);
    return this.guarded(file.path, () => {
      if (ordinal !== startedOrdinal)
        throw new SessionError('WRONG_ORDER', 'A file ends that is not the one begun.');
      this.large = null;
      if (outcome.status !== 'whole' && outcome.status !== 'changed') {
        file.drop();
        if (outcome.status === 'digest-only')
          throw new SessionError('WRONG_ORDER', 'A file with content ends as one without.');
        return this.settleWithout(ordinal, pending, outcome.status);
      }
      const stored = storedEntry(pending.entry, outcome);
      if (file.end(stored, outcome)) {
        this.settled(ordinal, stored);
        this.flush();
        return 'done';
      }
      if (file.offset === 0) throw new DigestMismatchError(file.path);
      pending.offset = 0;
      return 'again';
    });
  }

  stage(): void {
    this.guarded(null, () => this.flush());
  }

  commit(): Promise<unknown> {
    return Promise.resolve().then(() =>
      this.guarded(null, () => {
        if (!this.pending.isEmpty || this.large !== null || this.counts.entries === 0)
          throw new SessionError('WRONG_ORDER', 'Not every entry is settled.');
        this.join.finish();
        const { footer, digest } = this.recorder.finish(this.counts.problems, this.options.clock());
        this.close();
        return this.options.publish(footer, digest);
      }),
    );
  }

  release(): void {
    if (this.released) return;
    this.released = true;
    quietly(() => {
      if (this.staging.isOwned()) this.flush();
    });
    this.close();
    quietly(() => this.staging.disown());
  }

  private offerFile(ordinal: number, offered: Entry): Decision {
    const entry = offered.unreadable ? { ...offered, unreadable: false } : offered;
    const previous = fileWithContent(this.join.previous);
    const { staged } = this.join;
    if (previous !== null && isUnchanged(previous, entry)) {
      const same = { ...entry, digest: previous.digest };
      if (this.content.shareWithPrevious(previous, same) !== 'missing') {
        this.pending.addSettled(same);
        return NOTHING;
      }
    }
    if (staged !== null) {
      const offset = this.content.takeStaged(staged, entry);
      if (offset === null) {
        this.pending.addSettled({ ...entry, digest: staged.digest });
        return NOTHING;
      }
      if (offset > 0) return this.want(ordinal, entry, previous, { want: 'content', offset });
    }
    if (previous !== null && entry.size > DIGEST_FIRST_ABOVE_BYTES && isProbablySame(previous, entry))
      return this.want(ordinal, entry, previous, DIGEST);
    return this.want(ordinal, entry, previous, CONTENT);
  }

  private want(ordinal: number, entry: Entry, previous: Entry | null, decision: Decision): Decision {
    const { want } = decision;
    const offset = want === 'content' ? decision.offset : 0;
    this.pending.addWanted(ordinal, { entry, previous, want, offset, settled: undefined });
    return decision;
  }

  private settleByDigest(ordinal: number, pending: PendingEntry, outcome: ReadOutcome): Settled {
    const { previous, entry } = pending;
    if (pending.want !== 'digest' || previous === null)
      throw new SessionError('WRONG_ORDER', `Of entry ${ordinal} the content is wanted, not the digest.`);
    const same = { ...storedEntry(entry, outcome), changedWhileRead: false };
    if (
      previous.size === outcome.size &&
      previous.digest?.equals(outcome.digest) &&
      this.content.shareWithPrevious(previous, same) !== 'missing'
    )
      return this.settled(ordinal, same);
    pending.want = 'content';
    return 'again';
  }

  private settleWithout(ordinal: number, pending: PendingEntry, status: 'unreadable' | 'vanished'): Settled {
    const { entry, previous, offset } = pending;
    if (offset > 0) this.content.tree.remove(entry.path);
    if (status === 'unreadable') {
      this.counts.problems++;
      this.pending.settle(ordinal, { ...entry, unreadable: true });
      return 'done';
    }
    // What left the source stays in a plan that accumulates, even if it left just now.
    const stays =
      this.options.accumulate &&
      previous !== null &&
      this.content.shareWithPrevious(previous, previous) !== 'missing';
    this.pending.settle(ordinal, stays ? previous : null);
    return 'done';
  }

  private settled(ordinal: number, stored: Entry): Settled {
    if (stored.changedWhileRead) this.counts.problems++;
    const handedOn = this.pending.settle(ordinal, stored);
    if (!handedOn) this.journal.add(stored);
    if (++this.filesSinceFlush >= FILES_PER_FLUSH) this.flush();
    return 'done';
  }

  /** Small files whose change time alone changed came with the same bytes: one inode serves both. */
  private isAsBefore(previous: Entry | null, stored: Entry): boolean {
    return (
      previous !== null &&
      !stored.changedWhileRead &&
      previous.digest !== null &&
      previous.digest.equals(stored.digest as Buffer) &&
      looksSame(previous, stored) &&
      this.content.shareWithPrevious(previous, stored) !== 'missing'
    );
  }

  /** Keeps an entry of the snapshot before that is not offered any more. */
  private carry(previous: Entry): void {
    const kept = carriedEntry(this.content, this.options.previousManifest, previous);
    if (kept === null) return;
    if (kept.unreadable && kept.kind === 'file') this.recorder.ownProblems++;
    this.pending.addSettled(kept);
  }

  private started(): { readonly ordinal: number; readonly file: LargeFile } {
    if (this.large === null) throw new SessionError('WRONG_ORDER', 'No file has begun.');
    return this.large;
  }

  private flush(): void {
    this.filesSinceFlush = 0;
    if (!this.staging.isOwned()) throw this.superseded();
    this.recorder.flush();
    this.journal.flush();
    this.staging.showLife();
  }

  private close(): void {
    this.large?.file.close();
    this.large = null;
    this.join.close();
    this.recorder.close();
    this.journal.close();
  }

  private guarded<T>(path: Buffer | null, action: () => T): T {
    try {
      return action();
    } catch (cause) {
      if (cause instanceof SessionError) throw cause;
      if (!this.staging.isOwned()) throw this.superseded(cause);
      throw storageError(cause, path === null ? 'commit the snapshot' : `store ${shownPath(path)}`);
    }
  }

  private superseded(cause?: unknown): EpochSupersededError {
    return new EpochSupersededError('A newer session of this plan has taken over.', cause);
  }
}

function storedEntry(entry: Entry, { status, size, mtimeNs, ctimeNs, digest }: ReadOutcome): Entry {
  return { ...entry, size, mtimeNs, ctimeNs, digest, changedWhileRead: status === 'changed' };
}

/** A disk that fails while a session ends failed before: what could not be recorded is sent again. */
function quietly(action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof SessionError) && errorCode(error) === '') throw error;
  }
}
