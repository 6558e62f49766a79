import { randomUUID } from 'node:crypto';
import { Receipt } from '@periodic-backup/contracts';
import type { Entry, SnapshotSink } from '@periodic-backup/protocol';
import type { AppendRequest, PlanPlace, Vault } from '../vault.js';
import { driveSession, type DriveOptions, type Driven } from './drive-session.js';
import type { MemorySource } from './memory-source.js';

/** One plan of a vault, as tests use it: every session gets the next epoch, every snapshot a new run. */
export class PlanInVault {
  readonly place: PlanPlace;
  readonly planId = randomUUID();
  epoch = 1000;

  constructor(
    public vault: Vault,
    place: Partial<PlanPlace> = {},
  ) {
    this.place = { agentFolder: 'laptop', planFolder: 'documents', ...place };
  }

  request(changes: Partial<AppendRequest> = {}): AppendRequest {
    return {
      ...this.place,
      planId: this.planId,
      agentId: 'laptop',
      runId: randomUUID(),
      epoch: ++this.epoch,
      accumulate: false,
      now: new Date(),
      ...changes,
    };
  }

  begin(changes: Partial<AppendRequest> = {}): SnapshotSink {
    return this.vault.append(this.request(changes));
  }

  /** Backs a source up to its receipt. */
  async backUp(
    source: MemorySource,
    { changes = {}, ...options }: DriveOptions & { changes?: Partial<AppendRequest> } = {},
  ): Promise<Driven & { receipt: Receipt }> {
    const sink = this.begin(changes);
    try {
      const driven = driveSession(sink, source, options);
      return { ...driven, receipt: Receipt.parse(await sink.commit()) };
    } finally {
      sink.release();
    }
  }

  /** Offers a source and goes away before its end. */
  interrupt(source: MemorySource, options: DriveOptions): Driven {
    const sink = this.begin();
    const driven = driveSession(sink, source, options);
    sink.release();
    return driven;
  }

  entries(snapshot: string): Map<string, Entry> {
    return new Map(
      [...this.vault.readEntries(this.place, snapshot)].map((entry) => [
        entry.path.toString('latin1'),
        entry,
      ]),
    );
  }

  entry(snapshot: string, path: string): Entry {
    const entry = this.entries(snapshot).get(path);
    if (!entry) throw new Error(`The snapshot ${snapshot} has no "${path}".`);
    return entry;
  }

  read(snapshot: string, path: string): Buffer {
    return this.readEntry(snapshot, this.entry(snapshot, path));
  }

  private readEntry(snapshot: string, entry: Entry): Buffer {
    return this.vault.readContent(this.place, snapshot, entry, 0, entry.size + 1);
  }

  /** Path → content of every file of a snapshot, as text of one character per byte. */
  contents(snapshot: string): Record<string, string> {
    const files = [...this.entries(snapshot).values()].filter(
      ({ kind, digest }) => kind === 'file' && digest,
    );
    return Object.fromEntries(
      files.map((entry) => [
        entry.path.toString('latin1'),
        this.readEntry(snapshot, entry).toString('latin1'),
      ]),
    );
  }
}
