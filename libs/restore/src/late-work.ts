import { linkSync, symlinkSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import type { Entry } from '@periodic-backup/protocol';
import { errnoOf, isWithin } from '@periodic-backup/local-files';
import { findEntry } from './chosen-entries.js';
import type { Conflicts, Decision } from './conflicts.js';
import { DestinationTree, lookAt } from './destination-tree.js';
import type { FileWriter } from './file-writer.js';
import type { LateEntry } from './late-entries.js';
import type { LinkPlaces } from './link-places.js';
import { NOTHING_LEFT, type PlannedFile } from './planned-file.js';
import type { Publisher } from './publish.js';
import type { RestoreJob } from './restore-job.js';
import { removeTemporary, type TemporaryFiles } from './temporary-files.js';

/** The event loop gets its turn after so long: the connection must be kept alive. */
const SLICE_MS = 20;
/** A file system that cannot link these two names: the link becomes a file of its own. */
const CANNOT_LINK: ReadonlySet<string> = new Set([
  'EMLINK',
  'EXDEV',
  'EPERM',
  'ENOTSUP',
  'EOPNOTSUPP',
  'ENOSYS',
]);

export interface LateTools {
  readonly tree: DestinationTree;
  readonly conflicts: Conflicts;
  readonly links: LinkPlaces;
  readonly temporaries: TemporaryFiles;
  readonly publisher: Publisher;
  readonly writer: FileWriter;
}

/** Makes the links when all files are there, and finishes each directory once nothing more is made in it. */
export class LateWork {
  /** First names of hard links, apart from the tree that is followed in order. */
  readonly #firstNames: DestinationTree;
  /** Directories that lead to the entry of the moment. */
  readonly #open: LateEntry[] = [];

  constructor(
    private readonly job: RestoreJob,
    private readonly tools: LateTools,
  ) {
    // They lie in directories that may have been given to their owners by now.
    this.#firstNames = new DestinationTree(job.destination, false);
  }

  async finish(entries: Iterable<LateEntry>): Promise<void> {
    let turnAt = performance.now() + SLICE_MS;
    try {
      for (const late of entries) {
        this.job.check();
        this.#leaveAllBut(late.target);
        if (late.entry.kind === 'directory') this.#open.push(late);
        else await this.#attempt(late.entry, () => this.#makeLink(late));
        if (performance.now() < turnAt) continue;
        await turn();
        turnAt = performance.now() + SLICE_MS;
      }
      while (this.#open.length > 0) this.#leave();
    } finally {
      this.#firstNames.close();
    }
  }

  #leaveAllBut(target: Buffer): void {
    for (let top = this.#open.at(-1); top && !isWithin(top.target, target); top = this.#open.at(-1))
      this.#leave();
  }

  /** Owner, mode and time of a directory in which nothing is made any more. */
  #leave(): void {
    const late = this.#open.pop();
    if (!late) return;
    try {
      const { tree } = this.tools;
      const { descriptor } = tree.enter(late.target);
      this.job.metadata.toDescriptor(descriptor, late.entry);
    } catch (error) {
      this.job.problems.failed(late.entry.path, error);
    }
  }

  async #attempt(entry: Entry, act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.job.problems.failed(entry.path, error);
    }
  }

  async #makeLink(late: LateEntry): Promise<void> {
    const { entry } = late;
    if (entry.kind === 'hardlink' && !this.#firstName(entry)) return this.#restoreApart(late);
    const { conflicts } = this.tools;
    const decision = conflicts.quickly(late) ?? (await conflicts.decide(entry, late));
    if (this.#isLeftAlone(entry, decision)) return;
    if (entry.kind === 'symlink') this.#makeSymlink(entry, decision);
    else if (!this.#makeHardLink(entry, decision)) return this.#restoreApart(late);
    this.job.result.count(decision);
  }

  /** Counts and reports a decision to write nothing. */
  #isLeftAlone(entry: Entry, decision: Decision): boolean {
    if (decision.action === 'conflict') this.job.problems.conflict(entry.path);
    else if (decision.action !== 'skip' && decision.action !== 'unchanged') return false;
    this.job.result.count(decision);
    return true;
  }

  #makeSymlink(entry: Entry, decision: Decision): void {
    this.#publish(decision, (temporary) => {
      symlinkSync(entry.target as Buffer, temporary);
      this.job.metadata.toPath(temporary, entry);
    });
  }

  /** False if the file system cannot. */
  #makeHardLink(entry: Entry, decision: Decision): boolean {
    const first = this.#firstName(entry);
    if (!first) return false;
    try {
      this.#publish(decision, (temporary) => linkSync(first, temporary));
      return true;
    } catch (error) {
      if (CANNOT_LINK.has(errnoOf(error))) return false;
      throw error;
    }
  }

  #publish(decision: Decision, make: (temporary: Buffer) => void): void {
    const { tree, temporaries, publisher } = this.tools;
    const { prefix } = tree.enterParentOf(decision.target);
    const temporary = Buffer.concat([prefix, temporaries.name]);
    removeTemporary(temporary);
    make(temporary);
    try {
      publisher.publish(temporary, decision);
    } catch (error) {
      removeTemporary(temporary);
      throw error;
    }
  }

  /** A path for the system's calls to the file that a hard link is a further name of; null if it is not there. */
  #firstName(entry: Entry): Buffer | null {
    const target = this.tools.links.find(entry.target as Buffer);
    if (!target) return null;
    const path = this.#firstNames.reach(target);
    return lookAt(path)?.isFile() ? path : null;
  }

  /** A hard link whose first name was not restored, or cannot be linked to, becomes a file of its own. */
  async #restoreApart({ entry: link, ...place }: LateEntry): Promise<void> {
    const { source, problems, tally } = this.job;
    const { conflicts, links, writer } = this.tools;
    const first = await findEntry(source, link.target as Buffer);
    if (first?.kind !== 'file' || !first.digest) return problems.unreadable(link.path);
    const entry: Entry = { ...first, path: link.path };
    const decision = await conflicts.decide(entry, place);
    if (decision.action === 'unchanged') links.set(first.path, decision.target);
    if (this.#isLeftAlone(entry, decision)) return;
    tally.sawFile(entry.size);
    const file: PlannedFile = { path: link.path, entry, decision, ...NOTHING_LEFT };
    // Further names of the same file link to this one.
    links.set(first.path, decision.target);
    await source.fetchAll([file], writer);
  }
}
