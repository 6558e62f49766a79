import { generateKeyPairSync } from 'node:crypto';
import { signReceipt, type Receipt, type RunOrder } from '@periodic-backup/contracts';
import {
  digestOf,
  type Decision,
  type Entry,
  type Owners,
  type ReadOutcome,
  type Settled,
  type SnapshotSink,
} from '@periodic-backup/protocol';

/** A file as a snapshot holds it. */
export interface StoredFile {
  readonly entry: Entry;
  readonly outcome: ReadOutcome;
  readonly content: Buffer;
}

/** A vault in memory that remembers what arrived: what tests look at. Stages across sessions as a real one does. */
export class RecordingVault {
  /** Entries of the last session, in order. */
  entries: Entry[] = [];
  owners: Owners[] = [];
  /** Path (latin1) → content of the last snapshot. */
  files = new Map<string, StoredFile>();
  readonly receipts = new Map<string, Receipt>();
  commits = 0;
  holeBytes = 0;
  /** Asked for, by path, in the last session. */
  wants: { path: string; what: string; offset: number }[] = [];
  readonly staged = new Map<string, StoredFile>();
  readonly partial = new Map<string, { entry: Entry; content: Buffer }>();
  /** Called at every entry: where a test disturbs. */
  onOffer: (entry: Entry) => void = () => undefined;
  /** Called at every piece of a large file. */
  onAppend: () => void = () => undefined;
  /** Called when a session lets go, committed or not. */
  onRelease: () => void = () => undefined;
  /** Called before a commit is answered; may throw. */
  onCommit: () => void = () => undefined;
  private readonly keys = generateKeyPairSync('ed25519');

  session(order: RunOrder): SnapshotSink {
    return new RecordingSink(this, order);
  }

  receiptFor(order: RunOrder, bytes: number): Receipt {
    const { runId, epoch, agentId, planId, vaultId } = order;
    const count = this.files.size;
    return signReceipt(
      {
        ...{ v: 1, runId, epoch, agentId, planId, vaultId },
        snapshot: '2026-11-22T110500Z',
        previous: null,
        manifestDigest: '0'.repeat(64),
        counts: {
          ...{ entries: this.entries.length, files: count, bytes, storedFiles: count, storedBytes: bytes },
          ...{ linkedFiles: 0, copiedFiles: 0, problems: 0 },
        },
        committedAt: new Date().toISOString(),
      },
      this.keys.privateKey,
    );
  }
}

class RecordingSink implements SnapshotSink {
  readonly previous: string | null;
  readonly eager: boolean;
  #entries: Entry[] = [];
  #settled = new Map<string, StoredFile>();
  #problems = 0;
  #current: { entry: Entry; parts: Buffer[] } | null = null;

  constructor(
    private readonly vault: RecordingVault,
    private readonly order: RunOrder,
  ) {
    this.previous = vault.commits > 0 ? 'previous' : null;
    this.eager = vault.commits === 0 && vault.staged.size === 0 && vault.partial.size === 0;
    vault.owners = [];
    vault.wants = [];
  }

  get counts(): { entries: number; problems: number } {
    return { entries: this.#entries.length, problems: this.#problems };
  }

  offer(entry: Entry): Decision {
    this.#entries.push(entry);
    this.vault.onOffer(entry);
    if (entry.unreadable) this.#problems++;
    if (entry.kind !== 'file') return { want: 'nothing' };
    const decision = this.#decide(entry);
    if (decision.want !== 'nothing') {
      const offset = decision.want === 'content' ? decision.offset : 0;
      this.vault.wants.push({ path: entry.path.toString('latin1'), what: decision.want, offset });
    }
    return decision;
  }

  #decide(entry: Entry): Decision {
    const key = entry.path.toString('latin1');
    for (const kept of [this.vault.staged.get(key), this.vault.files.get(key)]) {
      if (!kept || kept.content.length !== entry.size || kept.outcome.mtimeNs !== entry.mtimeNs) continue;
      if (kept.outcome.ctimeNs !== entry.ctimeNs) return { want: 'digest' };
      this.#settled.set(key, kept);
      return { want: 'nothing' };
    }
    return { want: 'content', offset: this.vault.partial.get(key)?.content.length ?? 0 };
  }

  addOwners(owners: Owners): void {
    this.vault.owners.push(owners);
  }

  settle(ordinal: number, outcome: ReadOutcome, content: Buffer): Settled {
    const entry = this.#entries[ordinal] as Entry;
    const key = entry.path.toString('latin1');
    if (outcome.status === 'digest-only') {
      const kept = this.vault.files.get(key) ?? this.vault.staged.get(key);
      if (!kept?.outcome.digest.equals(outcome.digest)) return 'again';
      this.#settled.set(key, { ...kept, outcome: { ...kept.outcome, ctimeNs: outcome.ctimeNs } });
      return 'done';
    }
    this.#store(entry, outcome, Buffer.from(content));
    return 'done';
  }

  startFile(ordinal: number, offset: number): void {
    const entry = this.#entries[ordinal] as Entry;
    const staged = this.vault.partial.get(entry.path.toString('latin1'));
    this.#current = { entry, parts: offset > 0 && staged ? [staged.content.subarray(0, offset)] : [] };
  }

  append(bytes: Buffer): void {
    this.vault.onAppend();
    this.#current?.parts.push(Buffer.from(bytes));
  }

  appendHole(length: number): void {
    this.vault.holeBytes += length;
    this.#current?.parts.push(Buffer.alloc(length));
  }

  endFile(_ordinal: number, outcome: ReadOutcome): Settled {
    const { entry, parts } = this.#current as { entry: Entry; parts: Buffer[] };
    this.#current = null;
    const content = Buffer.concat(parts);
    const key = entry.path.toString('latin1');
    const resumed = this.vault.partial.delete(key);
    if (outcome.status !== 'unreadable' && !digestOf(content).equals(outcome.digest)) {
      if (resumed) return 'again';
      throw new Error('digest mismatch');
    }
    this.#store(entry, outcome, content);
    return 'done';
  }

  /** In memory everything is staged at once. */
  stage(): void {}

  commit(): Promise<unknown> {
    this.vault.onCommit();
    this.vault.commits++;
    this.vault.entries = this.#entries;
    this.vault.files = this.#settled;
    this.vault.staged.clear();
    const bytes = [...this.#settled.values()].reduce((sum, { content }) => sum + content.length, 0);
    const receipt = this.vault.receiptFor(this.order, bytes);
    this.vault.receipts.set(this.order.runId, receipt);
    return Promise.resolve(receipt);
  }

  release(): void {
    this.vault.onRelease();
    if (!this.#current) return;
    const { entry, parts } = this.#current;
    this.vault.partial.set(entry.path.toString('latin1'), { entry, content: Buffer.concat(parts) });
    this.#current = null;
  }

  #store(entry: Entry, outcome: ReadOutcome, content: Buffer): void {
    if (outcome.status === 'unreadable' || outcome.status === 'changed') this.#problems++;
    if (outcome.status !== 'whole' && outcome.status !== 'changed') return;
    const key = entry.path.toString('latin1');
    if (!digestOf(content).equals(outcome.digest)) throw new Error('digest mismatch');
    const file = { entry, outcome, content };
    this.#settled.set(key, file);
    if (outcome.status === 'whole') this.vault.staged.set(key, file);
  }
}
