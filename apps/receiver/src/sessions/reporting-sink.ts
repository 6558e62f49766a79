import type { Decision, Entry, Owners, ReadOutcome, Settled, SnapshotSink } from '@periodic-backup/protocol';

/** Passes everything on to a sink and tells of its commit, even if nobody is there any more to be answered. */
export class ReportingSink implements SnapshotSink {
  readonly previous: string | null;
  readonly eager: boolean;

  constructor(
    private readonly sink: SnapshotSink,
    private readonly onCommit: (receipt: unknown, seconds: number) => void,
  ) {
    this.previous = sink.previous;
    this.eager = sink.eager;
  }

  get counts(): SnapshotSink['counts'] {
    return this.sink.counts;
  }

  offer(entry: Entry): Decision {
    return this.sink.offer(entry);
  }

  addOwners(owners: Owners): void {
    this.sink.addOwners(owners);
  }

  settle(ordinal: number, outcome: ReadOutcome, content: Buffer): Settled {
    return this.sink.settle(ordinal, outcome, content);
  }

  startFile(ordinal: number, offset: number): void {
    this.sink.startFile(ordinal, offset);
  }

  append(bytes: Buffer): void {
    this.sink.append(bytes);
  }

  appendHole(lengthBytes: number): void {
    this.sink.appendHole(lengthBytes);
  }

  endFile(ordinal: number, outcome: ReadOutcome): Settled {
    return this.sink.endFile(ordinal, outcome);
  }

  stage(): void {
    this.sink.stage();
  }

  async commit(): Promise<unknown> {
    const startedAtMs = performance.now();
    const receipt = await this.sink.commit();
    this.onCommit(receipt, (performance.now() - startedAtMs) / 1000);
    return receipt;
  }

  release(): void {
    this.sink.release();
  }
}
