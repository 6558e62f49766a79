import { closeSync, constants, mkdirSync, openSync, unlinkSync } from 'node:fs';
import { MAX_SMALL_FILE_BYTES, SessionError, type Entry } from '@periodic-backup/protocol';
import { nameOf, parentOf } from '../files/path-bytes.js';
import { Conflicts, type Decision } from './conflicts.js';
import { DestinationTree, UNFINISHED_DIRECTORY_MODE } from './destination-tree.js';
import { EntryPlaces, type Place } from './entry-places.js';
import { FileWriter, type FileWriterListener } from './file-writer.js';
import { LateEntries } from './late-entries.js';
import { LateWork } from './late-work.js';
import { LinkPlaces } from './link-places.js';
import { NOTHING_LEFT, type PartLeft, type PlannedFile } from './planned-file.js';
import { Publisher } from './publish.js';
import type { RestoreJob } from './restore-job.js';
import { digestOfFile } from './same-entry.js';
import { makeSpecialFile } from './special-files.js';
import { TemporaryFiles, removeTemporary } from './temporary-files.js';

const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Writes a tree below an existing destination: directories as they are listed, files as their content arrives, then
 * links, and owner, mode and time of directories last. What fails becomes a problem, the rest goes on.
 */
export class TreeRestore {
  /** For looking and for directories, ahead of … */
  readonly #ahead: DestinationTree;
  /** … the files that are written as they come. */
  readonly #behind: DestinationTree;
  readonly #links: LinkPlaces;
  readonly #conflicts: Conflicts;
  readonly #temporaries: TemporaryFiles;
  readonly #publisher: Publisher;
  readonly #writer: FileWriter;
  readonly #late: LateEntries;
  readonly #again: PlannedFile[] = [];
  /** Settled when no more is planned: a connection that fails does not wait for it. */
  #planned: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(
    private readonly job: RestoreJob,
    private readonly destinationIsFresh: boolean,
  ) {
    const { rule, snapshot, state, metadata, problems } = job;
    const check = (): void => this.#check();
    this.#ahead = new DestinationTree(job.destination);
    this.#behind = new DestinationTree(job.destination);
    this.#links = new LinkPlaces(job.chosen);
    this.#conflicts = new Conflicts(this.#ahead, {
      ...{ rule, snapshot, state, check, links: this.#links },
      differs: (entry, found) => metadata.differs(entry, found),
    });
    this.#temporaries = new TemporaryFiles(job.runId);
    this.#publisher = new Publisher(this.#behind, `.replaced-${snapshot}`, (path, aside) =>
      problems.note(
        path,
        'MOVED_ASIDE',
        `a directory stood in its place; it is now ${nameOf(aside).toString()}`,
      ),
    );
    this.#writer = new FileWriter(
      ...([this.#behind, this.#temporaries, metadata, this.#publisher, this.#listener] as const),
    );
    this.#late = new LateEntries(state.lateFile);
  }

  /** @throws SessionError if the connection fails or the run is to end, RunRefused if nothing more can be written */
  async run(): Promise<void> {
    const { source } = this.job;
    try {
      await source.fetchAll(this.#wanted(), this.#writer);
      if (this.#again.length > 0) await source.fetchAll(this.#again, this.#writer);
      const late = new LateWork(this.job, {
        ...{ tree: this.#behind, conflicts: this.#conflicts, links: this.#links },
        ...{ temporaries: this.#temporaries, publisher: this.#publisher, writer: this.#writer },
      });
      await late.finish(this.#late.read());
    } catch (error) {
      this.#writer.release(!(error instanceof SessionError) || error.retryable);
      throw error;
    } finally {
      this.#isOver = true;
      await this.#planned;
      this.#late.close();
      this.#ahead.close();
      this.#behind.close();
    }
  }

  async *#wanted(): AsyncGenerator<PlannedFile> {
    let settle = (): void => undefined;
    this.#planned = new Promise((resolve) => (settle = resolve));
    try {
      yield* this.#plannedFiles();
    } finally {
      settle();
    }
  }

  async *#plannedFiles(): AsyncGenerator<PlannedFile> {
    const { tally, problems } = this.job;
    const places = new EntryPlaces(this.destinationIsFresh);
    for await (const entries of this.job.entries()) {
      for (const entry of entries) {
        this.#check();
        tally.entries++;
        let file: PlannedFile | null = null;
        try {
          file = this.#planQuickly(entry, places) ?? (await this.#plan(entry, places));
        } catch (error) {
          if (entry.kind === 'directory') places.enter(entry, null, false);
          this.#links.set(entry.path, null);
          problems.failed(entry.path, error);
        }
        if (file) yield file;
      }
    }
    tally.walkEnded();
  }

  /** The common case without a wait: a file in a directory that was just made. */
  #planQuickly(entry: Entry, places: EntryPlaces): PlannedFile | null {
    if (entry.kind !== 'file' || !entry.digest) return null;
    const place = places.of(entry);
    const decision = place && this.#conflicts.quickly(place);
    if (!decision) return null;
    this.job.tally.sawFile(entry.size);
    return { path: entry.path, entry, decision, ...NOTHING_LEFT };
  }

  async #plan(entry: Entry, places: EntryPlaces): Promise<PlannedFile | null> {
    const place = places.of(entry);
    if (!place) {
      this.job.result.count({ counts: 'skipped' });
      if (entry.kind === 'directory') places.enter(entry, null, false);
      return null;
    }
    switch (entry.kind) {
      case 'file':
        return this.#planFile(entry, place);
      case 'directory':
        await this.#makeDirectory(entry, place, places);
        return null;
      case 'symlink':
      case 'hardlink':
        this.#late.add({ entry, ...place });
        return null;
      case 'socket':
        this.job.result.count({ counts: 'skipped' });
        this.job.problems.note(entry.path, 'SOCKET', 'a socket is made by its program, not restored');
        return null;
      case 'fifo':
      case 'character-device':
      case 'block-device':
        await this.#makeSpecial(entry, place);
        return null;
    }
  }

  async #planFile(entry: Entry, place: Place): Promise<PlannedFile | null> {
    const { tally, problems, result } = this.job;
    tally.sawFile(entry.size);
    if (!entry.digest) {
      problems.unreadable(entry.path);
      this.#links.set(entry.path, null);
      return null;
    }
    const decision = await this.#conflicts.decide(entry, place);
    if (!decision.target.equals(entry.path)) this.#links.set(entry.path, decision.target);
    switch (decision.action) {
      case 'repair':
        this.#repair(entry, decision);
        break;
      case 'unchanged':
        this.job.onFile?.(decision.target, entry);
        break;
      case 'skip':
        this.#links.set(entry.path, null);
        break;
      case 'conflict':
        this.#links.set(entry.path, null);
        problems.conflict(entry.path);
        break;
      default:
        return { path: entry.path, entry, decision, ...(await this.#partLeft(entry, decision)) };
    }
    result.count(decision);
    tally.finishedFile(entry.size);
    return null;
  }

  /** What an earlier attempt left of a large file: it is read once more, and not fetched again. */
  async #partLeft(entry: Entry, { target }: Decision): Promise<PartLeft> {
    const { state } = this.job;
    if (!state.resumes) return NOTHING_LEFT;
    // What was being written when the attempt died.
    removeTemporary(Buffer.concat([this.#ahead.enter(parentOf(target)).prefix, this.#temporaries.name]));
    if (entry.size <= MAX_SMALL_FILE_BYTES) return NOTHING_LEFT;
    const path = this.#ahead.reach(this.#temporaries.growing(target));
    try {
      const { bytes, digest } = await digestOfFile(path, entry.size, () => this.#check());
      if (bytes > 0) return { offset: bytes, digest };
      digest.finish();
    } catch (error) {
      if (error instanceof SessionError) throw error;
    }
    return NOTHING_LEFT;
  }

  async #makeDirectory(entry: Entry, place: Place, places: EntryPlaces): Promise<void> {
    const { rule, state, problems, result } = this.job;
    if (entry.unreadable) problems.unlisted(entry.path);
    if (entry.path.length === 0) {
      if (rule === 'overwrite' || state.ownsDestination) this.#late.add({ entry, ...place });
      return;
    }
    const decision = this.#conflicts.quickly(place) ?? (await this.#conflicts.decide(entry, place));
    const { action, counts, target } = decision;
    result.count(decision);
    if (action === 'conflict') problems.conflict(entry.path);
    if (action === 'conflict' || action === 'skip') {
      places.enter(entry, null, false);
      this.#links.set(entry.path, null);
      return;
    }
    const isNew = action !== 'unchanged';
    if (isNew) {
      const path = this.#ahead.reach(target);
      if (action === 'overwrite') unlinkSync(path);
      mkdirSync(path, UNFINISHED_DIRECTORY_MODE);
    }
    if (isNew || rule === 'overwrite' || counts !== 'unchanged')
      this.#late.add({ entry, target, fresh: isNew });
    if (!target.equals(entry.path)) this.#links.set(entry.path, target);
    places.enter(entry, target, isNew);
  }

  async #makeSpecial(entry: Entry, place: Place): Promise<void> {
    const { metadata, problems, result } = this.job;
    const isDevice = entry.kind !== 'fifo';
    if (isDevice && process.geteuid?.() !== 0) {
      result.count({ counts: 'skipped' });
      problems.note(entry.path, 'DEVICE', 'only root may make devices; it was not restored');
      return;
    }
    const decision = await this.#conflicts.decide(entry, place);
    result.count(decision);
    if (decision.action === 'conflict') problems.conflict(entry.path);
    if (['conflict', 'skip', 'unchanged'].includes(decision.action)) return;
    const { name } = this.#temporaries;
    const directory = this.#behind.enterParentOf(decision.target);
    const temporary = Buffer.concat([directory.prefix, name]);
    makeSpecialFile(entry, directory, name);
    metadata.toPath(temporary, entry);
    this.#publisher.publish(temporary, decision);
  }

  #repair(entry: Entry, { target }: Decision): void {
    const descriptor = openSync(this.#ahead.reach(target), OPEN);
    try {
      this.job.metadata.toDescriptor(descriptor, entry);
    } finally {
      closeSync(descriptor);
    }
    this.job.onFile?.(target, entry);
  }

  #check(): void {
    this.job.check();
    if (this.#isOver) throw new SessionError('CONNECTION_LOST', 'This attempt is over.');
  }

  readonly #listener: FileWriterListener = {
    received: (bytes) => {
      this.job.tally.bytesRead += bytes;
    },
    grew: ({ path }, bytes) => {
      this.job.tally.currentPath = path;
      this.job.tally.openFileBytes = bytes;
    },
    written: ({ entry, decision }) => {
      const { tally, result, onFile } = this.job;
      tally.bytesStored += entry.size;
      tally.finishedFile(entry.size);
      tally.currentPath = entry.path;
      result.count(decision);
      onFile?.(decision.target, entry);
    },
    damaged: ({ path, entry }, code) => {
      this.#links.set(entry.path, null);
      this.job.problems.damaged(path, code);
    },
    again: (file) => {
      this.#again.push({ ...file, ...NOTHING_LEFT });
    },
    failed: ({ path, entry }, error) => {
      this.#links.set(entry.path, null);
      this.job.problems.failed(path, error);
    },
    check: () => this.#check(),
  };
}
