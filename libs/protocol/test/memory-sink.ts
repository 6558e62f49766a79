import {
  SessionError,
  createDigest,
  digestOf,
  type Decision,
  type Entry,
  type Owners,
  type ReadOutcome,
  type Settled,
  type SnapshotSink,
} from '../src/index.js';

const MOST_HOLE_BYTES = 1024 * 1024;

/** The protocol's own stand-in for storage: keeps everything in memory and verifies digests as storage must. */
export class MemorySink implements SnapshotSink {
  readonly previous = null;
  readonly eager: boolean;
  readonly entries: Entry[] = [];
  readonly contents = new Map<number, Buffer>();
  readonly outcomes = new Map<number, ReadOutcome>();
  readonly owners: Owners[] = [];
  /** Called by `offer` in join mode. */
  decide: (entry: Entry, ordinal: number) => Decision = () => ({ want: 'nothing' });
  /** Content that an earlier session left, by ordinal. */
  readonly staged = new Map<number, Buffer>();
  /** Digests of the previous snapshot, by ordinal. */
  readonly known = new Map<number, Buffer>();
  /** What `commit` waits for. */
  beforeCommit: Promise<void> = Promise.resolve();
  commits = 0;
  stages = 0;
  releases = 0;
  readonly counts = { entries: 0, problems: 0 };
  private parts: Buffer[] = [];
  private offset = 0;

  constructor(options: { eager: boolean }) {
    this.eager = options.eager;
  }

  offer(entry: Entry): Decision {
    this.entries.push(entry);
    this.counts.entries++;
    if (entry.unreadable && entry.kind === 'directory') this.counts.problems++;
    if (!this.eager) return this.decide(entry, this.entries.length - 1);
    return entry.kind === 'file' ? { want: 'content', offset: 0 } : { want: 'nothing' };
  }

  addOwners(owners: Owners): void {
    this.owners.push(owners);
  }

  settle(ordinal: number, outcome: ReadOutcome, content: Buffer): Settled {
    if (outcome.status === 'digest-only' && !this.known.get(ordinal)?.equals(outcome.digest)) return 'again';
    if (outcome.status === 'whole' || outcome.status === 'changed') {
      if (!digestOf(content).equals(outcome.digest)) throw mismatch(ordinal);
      this.contents.set(ordinal, Buffer.from(content));
    }
    return this.done(ordinal, outcome);
  }

  startFile(ordinal: number, offset: number): void {
    this.offset = offset;
    this.parts = offset === 0 ? [] : [(this.staged.get(ordinal) as Buffer).subarray(0, offset)];
  }

  append(bytes: Buffer): void {
    this.parts.push(Buffer.from(bytes));
  }

  appendHole(length: number): void {
    if (length > MOST_HOLE_BYTES) throw new SessionError('STORAGE_FULL', 'The memory of this test is full.');
    this.parts.push(Buffer.alloc(length));
  }

  endFile(ordinal: number, outcome: ReadOutcome): Settled {
    const digest = createDigest();
    for (const part of this.parts) digest.update(part);
    const agrees = digest.finish().equals(outcome.digest);
    const content = Buffer.concat(this.parts);
    this.parts = [];
    if (outcome.status === 'whole' || outcome.status === 'changed') {
      if (!agrees && this.offset > 0) return 'again';
      if (!agrees) throw mismatch(ordinal);
      this.contents.set(ordinal, content);
    }
    return this.done(ordinal, outcome);
  }

  stage(): void {
    this.stages++;
  }

  async commit(): Promise<unknown> {
    await this.beforeCommit;
    this.commits++;
    return { snapshot: '2026-11-22T110500Z' };
  }

  release(): void {
    this.releases++;
  }

  private done(ordinal: number, outcome: ReadOutcome): Settled {
    if (outcome.status === 'changed' || outcome.status === 'unreadable') this.counts.problems++;
    this.outcomes.set(ordinal, outcome);
    return 'done';
  }
}

function mismatch(ordinal: number): SessionError {
  return new SessionError('DIGEST_MISMATCH', `Entry ${ordinal} arrived damaged.`);
}
