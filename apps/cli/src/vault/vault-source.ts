import { createDigest, digestOf, SessionError, type Entry } from '@periodic-backup/protocol';
import type { FileFailure, FileTaker, FileWant, ListRange } from '@periodic-backup/reader';
import type { RestoreJob } from '@periodic-backup/restore';
import type { SnapshotReading } from '@periodic-backup/vault';

const BATCH_ENTRIES = 1_000;
const BLOCK_BYTES = 1 << 20;
/** Files up to this are handed over whole. */
const SMALL_FILE_BYTES = 65_536;
const ZEROS = Buffer.alloc(BLOCK_BYTES);

type Source = RestoreJob['source'];

/** An open snapshot of a vault on this machine, read as over the wire: every file compared with its digest. */
export class VaultSource implements Source {
  lastListWasComplete = false;
  readonly #block = Buffer.allocUnsafeSlow(BLOCK_BYTES);

  constructor(private readonly reading: SnapshotReading) {}

  async *list({ below, from, depth, limit }: ListRange): AsyncGenerator<Entry[]> {
    this.lastListWasComplete = false;
    let batch: Entry[] = [];
    let count = 0;
    for (const entry of this.reading.entries({ below, from, depth })) {
      if (count++ === limit) {
        if (batch.length > 0) yield batch;
        return;
      }
      if (batch.push(entry) < BATCH_ENTRIES) continue;
      yield batch;
      batch = [];
      await new Promise(setImmediate);
    }
    if (batch.length > 0) yield batch;
    this.lastListWasComplete = true;
  }

  async fetchAll<Want extends FileWant>(
    wants: AsyncIterable<Want> | Iterable<Want>,
    taker: FileTaker<Want>,
  ): Promise<void> {
    for await (const want of wants) {
      const failure = await this.#fetch(want, taker);
      if (failure !== null) await taker.failed(want, failure);
    }
  }

  async #fetch<Want extends FileWant>(want: Want, taker: FileTaker<Want>): Promise<FileFailure | null> {
    const entry = this.#fileAt(want.path);
    if (!entry) return 'NOT_FOUND';
    if (entry.digest === null) return 'UNREADABLE';
    try {
      const { mtimeNs, ctimeNs, digest } = entry;
      const from = want.offset ?? 0;
      if (entry.size - from <= SMALL_FILE_BYTES) {
        const content = this.#block.subarray(
          0,
          this.reading.read(entry, this.#block.subarray(0, entry.size - from), from),
        );
        const digestMatches = from > 0 ? null : digestOf(content).equals(digest);
        if (digestMatches === false) return 'DIGEST_MISMATCH';
        await taker.whole(want, content, { digest, mtimeNs, ctimeNs, digestMatches });
        return null;
      }
      await taker.begin(want);
      const digestMatches = await this.#handOver(entry, from, {
        bytes: (piece) => taker.bytes(want, piece),
        hole: (lengthBytes) => taker.hole(want, lengthBytes),
      });
      await taker.end(want, { digest, mtimeNs, ctimeNs, digestMatches: from > 0 ? null : digestMatches });
      return null;
    } catch (error) {
      if (error instanceof SessionError && error.code === 'DAMAGED') return 'DAMAGED';
      if (error instanceof SessionError && error.code === 'STORAGE_FAILED') return 'STORAGE_FAILED';
      throw error;
    }
  }

  /** True if what was handed over is what was backed up. */
  async #handOver(
    entry: Entry,
    from: number,
    to: { bytes(piece: Buffer): unknown; hole(lengthBytes: number): unknown },
  ): Promise<boolean> {
    const digest = createDigest();
    try {
      for (let at = from; at < entry.size;) {
        const piece = this.#block.subarray(0, this.reading.read(entry, this.#block, at));
        if (piece.length === 0) break;
        digest.update(piece);
        await (entry.sparse && piece.equals(ZEROS.subarray(0, piece.length))
          ? to.hole(piece.length)
          : to.bytes(piece));
        at += piece.length;
      }
    } catch (error) {
      digest.finish();
      throw error;
    }
    return entry.digest?.equals(digest.finish()) === true;
  }

  /** The file at a path, or the one that a hard link there stands for. */
  #fileAt(path: Buffer): Entry | null {
    const entry = this.reading.find(path);
    const file = entry?.kind === 'hardlink' && entry.target ? this.reading.find(entry.target) : entry;
    return file?.kind === 'file' ? file : null;
  }
}
