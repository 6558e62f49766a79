import type { Entry } from '@periodic-backup/protocol';
import { Conflicts, type Decision } from './conflicts.js';
import { DestinationTree } from './destination-tree.js';
import { EntryPlaces, type Place } from './entry-places.js';
import { LinkPlaces } from './link-places.js';
import type { RestoreJob } from './restore-job.js';

/**
 * Looks what a restore would do, writes nothing, and counts and plans it in the job's result. Returns how many entries
 * meet something that the rule `fail` forbids to touch; the first are among the problems.
 */
export class LookFirst {
  readonly #tree: DestinationTree;
  readonly #links: LinkPlaces;
  readonly #conflicts: Conflicts;
  #forbidden = 0;

  /** @param destinationIsFresh it does not exist yet, or is empty */
  constructor(
    private readonly job: RestoreJob,
    private readonly destinationIsFresh: boolean,
  ) {
    const { rule, snapshot, state, check, metadata } = job;
    this.#tree = new DestinationTree(job.destination);
    this.#links = new LinkPlaces(job.chosen);
    this.#conflicts = new Conflicts(this.#tree, {
      ...{ rule, snapshot, state, check, links: this.#links },
      differs: (entry, found) => metadata.differs(entry, found),
    });
  }

  async run(): Promise<number> {
    const { check, tally } = this.job;
    const places = new EntryPlaces(this.destinationIsFresh);
    try {
      for await (const entries of this.job.entries()) {
        for (const entry of entries) {
          check();
          tally.entries++;
          await this.#look(entry, places);
        }
      }
    } finally {
      this.#tree.close();
    }
    return this.#forbidden;
  }

  async #look(entry: Entry, places: EntryPlaces): Promise<void> {
    const { problems, result, tally } = this.job;
    if (entry.path.length === 0) return;
    if (entry.kind === 'file') tally.sawFile(entry.size);
    try {
      const place = places.of(entry);
      const decision = place && (await this.#decide(entry, place));
      if (entry.kind === 'directory') this.#enter(entry, decision, places);
      else if (entry.kind === 'file' && !decision?.target.equals(entry.path))
        this.#links.set(entry.path, decision?.target ?? null);
      if (decision?.action === 'conflict') {
        this.#forbidden++;
        problems.conflict(entry.path);
      }
      result.count(decision ?? { counts: 'skipped' });
      if (decision) result.plan(entry.path, decision);
    } catch (error) {
      if (entry.kind === 'directory') places.enter(entry, null, false);
      problems.failed(entry.path, error);
    }
  }

  async #decide(entry: Entry, place: Place): Promise<Decision> {
    const skipped: Decision = { action: 'skip', counts: 'skipped', ...place };
    if (entry.kind === 'socket') return skipped;
    if (entry.kind === 'file' && !entry.digest) {
      this.job.problems.unreadable(entry.path);
      return skipped;
    }
    return this.#conflicts.quickly(place) ?? (await this.#conflicts.decide(entry, place));
  }

  #enter(entry: Entry, decision: Decision | null, places: EntryPlaces): void {
    const isLeft = !decision || decision.action === 'conflict' || decision.action === 'skip';
    if (isLeft) places.enter(entry, null, false);
    else places.enter(entry, decision.target, decision.action !== 'unchanged');
  }
}
