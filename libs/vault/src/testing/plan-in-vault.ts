import { randomUUID } from 'node:crypto';
import { Receipt } from '@periodic-backup/contracts';
import type { Entry, SnapshotSink } from '@periodic-backup/protocol';
import type { AppendRequest, PlanPlace, SnapshotReading, Vault } from '../vault.js';
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

  /** In their order. */
  entryList(snapshot: string): Entry[] {
    return this.whileOpen(snapshot, (reading) => [
      ...reading.entries({ below: null, from: null, depth: 'all' }),
    ]);
  }

  entries(snapshot: string): Map<string, Entry> {
    return new Map(this.entryList(snapshot).map((entry) => [entry.path.toString('latin1'), entry]));
  }

  entry(snapshot: string, path: string): Entry {
    const entry = this.entries(snapshot).get(path);
    if (!entry) throw new Error(`The snapshot ${snapshot} has no "${path}".`);
    return entry;
  }

  read(snapshot: string, path: string): Buffer {
    return this.whileOpen(snapshot, (reading) => contentOf(reading, this.entry(snapshot, path)));
  }

  /** Path → content of every file of a snapshot, as text of one character per byte. */
  contents(snapshot: string): Record<string, string> {
    const files = this.entryList(snapshot).filter(({ kind, digest }) => kind === 'file' && digest);
    return this.whileOpen(snapshot, (reading) =>
      Object.fromEntries(
        files.map((entry) => [entry.path.toString('latin1'), contentOf(reading, entry).toString('latin1')]),
      ),
    );
  }

  private whileOpen<T>(snapshot: string, action: (reading: SnapshotReading) => T): T {
    const reading = this.vault.openSnapshot(this.place, snapshot);
    try {
      return action(reading);
    } finally {
      reading.close();
    }
  }
}

function contentOf(reading: SnapshotReading, entry: Entry): Buffer {
  const content = Buffer.alloc(entry.size);
  return content.subarray(0, reading.read(entry, content, 0));
}
