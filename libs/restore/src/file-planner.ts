import { closeSync, constants, openSync } from 'node:fs';
import { MAX_SMALL_FILE_BYTES, SessionError, type Entry } from '@periodic-backup/protocol';
import type { Conflicts, Decision } from './conflicts.js';
import type { DestinationTree } from './destination-tree.js';
import type { Place } from './entry-places.js';
import type { LinkPlaces } from './link-places.js';
import { NOTHING_LEFT, type PartLeft, type PlannedFile } from './planned-file.js';
import type { RestoreJob } from './restore-job.js';
import { digestOfFile } from './same-entry.js';
import { removeTemporary, type TemporaryFiles } from './temporary-files.js';

const OPEN = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

export interface FilePlannerTools {
  readonly tree: DestinationTree;
  readonly conflicts: Conflicts;
  readonly links: LinkPlaces;
  readonly temporaries: TemporaryFiles;
  /** An earlier attempt has begun to write. */
  readonly resumes: boolean;
}

/** Decides which files are fetched, and what of them. */
export class FilePlanner {
  constructor(
    private readonly job: RestoreJob,
    private readonly tools: FilePlannerTools,
  ) {}

  /** The common case without a wait: a file in a directory that was just made. Null if it takes more to decide. */
  planQuickly(entry: Entry, place: Place): PlannedFile | null {
    const decision = entry.digest && this.tools.conflicts.quickly(place);
    if (!decision) return null;
    this.job.tally.sawFile(entry.size);
    return { path: entry.path, entry, decision, ...NOTHING_LEFT };
  }

  /** What is to be fetched; null if nothing is, which is counted and told. @throws the system's error, SessionError */
  async plan(entry: Entry, place: Place): Promise<PlannedFile | null> {
    const { tally, problems, result } = this.job;
    const { conflicts, links } = this.tools;
    tally.sawFile(entry.size);
    if (!entry.digest) {
      problems.unreadable(entry.path);
      links.set(entry.path, null);
      return null;
    }
    const decision = await conflicts.decide(entry, place);
    if (!decision.target.equals(entry.path)) links.set(entry.path, decision.target);
    switch (decision.action) {
      case 'repair':
        this.#repair(entry, decision);
        break;
      case 'unchanged':
        this.job.onFile?.(decision.target, entry);
        break;
      case 'skip':
        links.set(entry.path, null);
        break;
      case 'conflict':
        links.set(entry.path, null);
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
    const { tree, temporaries, resumes } = this.tools;
    if (!resumes) return NOTHING_LEFT;
    // What was being written when the attempt died.
    removeTemporary(Buffer.concat([tree.enterParentOf(target).prefix, temporaries.name]));
    if (entry.size <= MAX_SMALL_FILE_BYTES) return NOTHING_LEFT;
    const path = tree.reach(temporaries.growing(target));
    try {
      const { bytes, digest } = await digestOfFile(path, entry.size, this.job.check);
      if (bytes > 0) return { offset: bytes, digest };
      digest.finish();
    } catch (error) {
      if (error instanceof SessionError) throw error;
    }
    return NOTHING_LEFT;
  }

  /** Sets owner and mode of a file whose content is right. */
  #repair(entry: Entry, { target }: Decision): void {
    const descriptor = openSync(this.tools.tree.reach(target), OPEN);
    try {
      this.job.metadata.toDescriptor(descriptor, entry);
    } finally {
      closeSync(descriptor);
    }
    this.job.onFile?.(target, entry);
  }
}
