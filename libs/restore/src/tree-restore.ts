import { mkdirSync, unlinkSync } from 'node:fs';
import { SessionError, type Entry } from '@periodic-backup/protocol';
import { mayGoOn } from './restore-refused.js';
import { nameOf } from '@periodic-backup/local-files';
import { Conflicts } from './conflicts.js';
import { DestinationTree, UNFINISHED_DIRECTORY_MODE } from './destination-tree.js';
import { EntryPlaces, type Place } from './entry-places.js';
import { FilePlanner } from './file-planner.js';
import { FileWriter, type FileWriterListener } from './file-writer.js';
import { LateEntries, type LateEntry } from './late-entries.js';
import { LateWork } from './late-work.js';
import { LinkPlaces } from './link-places.js';
import { NOTHING_LEFT, type PlannedFile } from './planned-file.js';
import { Publisher } from './publish.js';
import type { RestoreJob } from './restore-job.js';
import { makeSpecialFile } from './special-files.js';
import { TemporaryFiles } from './temporary-files.js';

/**
 * Writes a tree below an existing destination: directories as they are listed, files as their content arrives, then
 * links, and owner, mode and time of directories last. What fails becomes a problem, the rest goes on.
 */
export class TreeRestore {
  /** For looking and for directories, ahead of … */
  readonly #ahead: DestinationTree;
  /** … the files that are written as they come. */
  readonly #behind: DestinationTree;
  readonly #job: RestoreJob;
  readonly #links: LinkPlaces;
  readonly #conflicts: Conflicts;
  readonly #temporaries: TemporaryFiles;
  readonly #publisher: Publisher;
  readonly #files: FilePlanner;
  readonly #writer: FileWriter;
  readonly #late: LateEntries;
  readonly #again: PlannedFile[] = [];
  /** Settled when no more is planned: a connection that fails does not wait for it. */
  #planned: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(
    job: RestoreJob,
    /** `resumes`: an earlier attempt has begun to write. */
    private readonly found: { readonly destinationIsFresh: boolean; readonly resumes: boolean },
  ) {
    const check = (): void => {
      job.check();
      if (this.#isOver) throw new SessionError('CONNECTION_LOST', 'This attempt is over.');
    };
    this.#job = { ...job, check };
    const { rule, snapshot, state, metadata, problems } = this.#job;
    this.#ahead = new DestinationTree(job.destination);
    this.#behind = new DestinationTree(job.destination);
    this.#links = new LinkPlaces(job.chosen);
    this.#conflicts = new Conflicts(this.#ahead, {
      ...{ rule, snapshot, state, check, links: this.#links },
      differs: (entry, found) => metadata.differs(entry, found),
    });
    this.#temporaries = new TemporaryFiles(job.runId);
    this.#files = new FilePlanner(this.#job, {
      ...{ tree: this.#ahead, conflicts: this.#conflicts, links: this.#links },
      ...{ temporaries: this.#temporaries, resumes: found.resumes },
    });
    this.#publisher = new Publisher(this.#behind, `.replaced-${snapshot}`, (path, aside) =>
      problems.note(
        path,
        'MOVED_ASIDE',
        `a directory stood in its place; it is now ${nameOf(aside).toString()}`,
      ),
    );
    this.#writer = new FileWriter(this.#behind, this.#temporaries, metadata, this.#publisher, this.#listener);
    this.#late = new LateEntries(state.lateFile);
  }

  /** @throws SessionError if the connection fails or the run is to end, RestoreRefused if nothing more can be written */
  async run(): Promise<void> {
    const { source } = this.#job;
    try {
      await source.fetchAll(this.#wanted(), this.#writer);
      if (this.#again.length > 0) await source.fetchAll(this.#again, this.#writer);
      await this.#lateWork(this.#job).finish(this.#late.read());
    } catch (error) {
      this.#isOver = true;
      await this.#planned;
      this.#writer.release(mayGoOn(error));
      if (!mayGoOn(error)) await this.#finishDirectories();
      throw error;
    } finally {
      this.#isOver = true;
      await this.#planned;
      this.#late.close();
      this.#ahead.close();
      this.#behind.close();
    }
  }

  #lateWork(job: RestoreJob): LateWork {
    return new LateWork(job, {
      ...{ tree: this.#behind, conflicts: this.#conflicts, links: this.#links },
      ...{ temporaries: this.#temporaries, publisher: this.#publisher, writer: this.#writer },
    });
  }

  /** A restore that ends for good leaves what it has restored to the owners it belongs to. */
  async #finishDirectories(): Promise<void> {
    const late = this.#lateWork({ ...this.#job, check: () => undefined });
    try {
      await late.finish(directoriesIn(this.#late.read()));
    } catch {
      // Why the restore ends is told by the error that ended it.
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
    const { tally, problems } = this.#job;
    const places = new EntryPlaces(this.found.destinationIsFresh);
    for await (const entries of this.#job.entries()) {
      for (const entry of entries) {
        this.#job.check();
        tally.entries++;
        let file: PlannedFile | null = null;
        try {
          const place = places.of(entry);
          if (place && entry.kind === 'file') file = this.#files.planQuickly(entry, place);
          file ??= await this.#plan(entry, place, places);
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

  async #plan(entry: Entry, place: Place | null, places: EntryPlaces): Promise<PlannedFile | null> {
    if (!place) {
      this.#job.result.count({ counts: 'skipped' });
      if (entry.kind === 'directory') places.enter(entry, null, false);
      return null;
    }
    switch (entry.kind) {
      case 'file':
        return this.#files.plan(entry, place);
      case 'directory':
        await this.#makeDirectory(entry, place, places);
        return null;
      case 'symlink':
      case 'hardlink':
        this.#late.add({ entry, ...place });
        return null;
      case 'socket':
        this.#job.result.count({ counts: 'skipped' });
        this.#job.problems.note(entry.path, 'SOCKET', 'a socket is made by its program, not restored');
        return null;
      case 'fifo':
      case 'character-device':
      case 'block-device':
        await this.#makeSpecial(entry, place);
        return null;
    }
  }

  async #makeDirectory(entry: Entry, place: Place, places: EntryPlaces): Promise<void> {
    const { rule, state, problems, result } = this.#job;
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
    const { metadata, problems, result } = this.#job;
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

  readonly #listener: FileWriterListener = {
    received: (bytes) => {
      this.#job.tally.bytesRead += bytes;
    },
    grew: ({ path }, bytes) => {
      this.#job.tally.currentPath = path;
      this.#job.tally.openFileBytes = bytes;
    },
    written: ({ entry, decision }) => {
      const { tally, result, onFile } = this.#job;
      tally.bytesStored += entry.size;
      tally.finishedFile(entry.size);
      tally.currentPath = entry.path;
      result.count(decision);
      onFile?.(decision.target, entry);
    },
    damaged: ({ path, entry }, code) => {
      this.#links.set(entry.path, null);
      this.#job.problems.damaged(path, code);
    },
    again: (file) => {
      this.#again.push({ ...file, ...NOTHING_LEFT });
    },
    failed: ({ path, entry }, error) => {
      this.#links.set(entry.path, null);
      this.#job.problems.failed(path, error);
    },
    check: () => this.#job.check(),
  };
}

function* directoriesIn(entries: Iterable<LateEntry>): Generator<LateEntry> {
  for (const late of entries) if (late.entry.kind === 'directory') yield late;
}
