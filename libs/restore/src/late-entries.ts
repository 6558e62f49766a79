import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { ENTRY_MAX_BYTES, decodeEntry, encodeEntry, type Entry } from '@periodic-backup/protocol';

/** A directory to be finished, or a link to be made, when all files are there. */
export interface LateEntry {
  readonly entry: Entry;
  /** Below the destination. */
  readonly target: Buffer;
  /** Nothing can stand there. */
  readonly fresh: boolean;
}

const HEAD_BYTES = 8;
const MAX_RECORD_BYTES = HEAD_BYTES + 2 * 4096 + ENTRY_MAX_BYTES;
const BUFFER_BYTES = 256 * 1024;
const NOTHING = Buffer.alloc(0);

/**
 * Notes entries in a file, in order, and gives them back: memory stays constant however many there are.
 *
 * Record: u32 length of the record of SPEC.md §5.1, u16 length of the target, u8 fresh, u8 0, target, record.
 */
export class LateEntries {
  readonly #descriptor: number;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #used = 0;

  constructor(private readonly file: string) {
    this.#descriptor = openSync(file, 'w+', 0o600);
  }

  add({ entry, target, fresh }: LateEntry): void {
    if (this.#used + MAX_RECORD_BYTES > BUFFER_BYTES) this.#flush();
    const start = this.#used;
    const targetAt = start + HEAD_BYTES;
    const recordAt = targetAt + target.copy(this.#buffer, targetAt);
    const end = encodeEntry(entry, NOTHING, this.#buffer, recordAt);
    this.#buffer.writeUInt32BE(end - recordAt, start);
    this.#buffer.writeUInt16BE(target.length, start + 4);
    this.#buffer.writeUInt16BE(fresh ? 256 : 0, start + 6);
    this.#used = end;
  }

  /** All that was added, in order. */
  *read(): Generator<LateEntry> {
    this.#flush();
    let pending: Buffer = NOTHING;
    const chunk = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    for (let position = 0; ;) {
      const bytes = readSync(this.#descriptor, chunk, 0, chunk.length, position);
      if (bytes === 0) return;
      position += bytes;
      pending = Buffer.concat([pending, chunk.subarray(0, bytes)]);
      let at = 0;
      while (pending.length - at >= HEAD_BYTES) {
        const targetAt = at + HEAD_BYTES;
        const recordAt = targetAt + pending.readUInt16BE(at + 4);
        const end = recordAt + pending.readUInt32BE(at);
        if (end > pending.length) break;
        const target = Buffer.from(pending.subarray(targetAt, recordAt));
        const { entry } = decodeEntry(pending, recordAt, NOTHING);
        yield { entry, target, fresh: pending[at + 6] === 1 };
        at = end;
      }
      pending = pending.subarray(at);
    }
  }

  /** Forgets all of it. */
  close(): void {
    closeSync(this.#descriptor);
    rmSync(this.file, { force: true });
  }

  #flush(): void {
    for (let done = 0; done < this.#used;)
      done += writeSync(this.#descriptor, this.#buffer, done, this.#used - done);
    this.#used = 0;
  }
}
