import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';

/** A name of the source that was sent, with what tells whether it is still as it was sent. */
export interface TransmittedFile {
  readonly path: Buffer;
  readonly kind: 'file' | 'hardlink' | 'symlink';
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly dev: bigint;
  readonly ino: bigint;
  /** The inode has several names: moving one of them changes the ctime of the others. */
  readonly linked: boolean;
}

const KINDS = ['file', 'hardlink', 'symlink'] as const;
const RECORD_BYTES = 44;
const MAX_RECORD_BYTES = RECORD_BYTES + 4096;
const BUFFER_BYTES = 256 * 1024;

/**
 * Lists every name a snapshot holds in a file of the agent's state, streamed in constant memory. The list stands
 * under its final name only once complete: what is there after a crash can be trusted whole.
 *
 * Record: u16 length of the path, u8 kind, u8 linked, f64 size, i64 mtime, i64 ctime, u64 dev, u64 ino, path.
 */
export class TransmittedFiles {
  #descriptor: number | null = null;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #used = 0;
  #position = 0;
  #complete = false;

  constructor(private readonly file: string) {}

  /** Starts the list anew, dropping what an earlier connection wrote. */
  begin(): void {
    this.close();
    this.#descriptor = openSync(`${this.file}.part`, 'w', 0o600);
    this.#complete = false;
    this.#position = 0;
    this.#used = 0;
  }

  add(file: TransmittedFile): void {
    if (this.#used + MAX_RECORD_BYTES > BUFFER_BYTES) this.#flush();
    const buffer = this.#buffer;
    let at = this.#used;
    at = buffer.writeUInt16BE(file.path.length, at);
    at = buffer.writeUInt8(KINDS.indexOf(file.kind), at);
    at = buffer.writeUInt8(file.linked ? 1 : 0, at);
    at = buffer.writeDoubleBE(file.size, at);
    at = buffer.writeBigInt64BE(file.mtimeNs, at);
    at = buffer.writeBigInt64BE(file.ctimeNs, at);
    at = buffer.writeBigUInt64BE(file.dev, at);
    at = buffer.writeBigUInt64BE(file.ino, at);
    this.#used = at + file.path.copy(buffer, at);
  }

  /** The list is whole and survives power loss; call before COMMIT. Files sent once more may be added afterwards. */
  complete(): void {
    const descriptor = this.#descriptor;
    if (descriptor === null) throw new Error('The list of transmitted files was not begun.');
    this.#flush();
    fsyncSync(descriptor);
    if (!this.#complete) renameSync(`${this.file}.part`, this.file);
    this.#complete = true;
  }

  /** Lets go of the file; what was not completed is no list. */
  close(): void {
    if (this.#descriptor === null) return;
    this.#flush();
    closeSync(this.#descriptor);
    this.#descriptor = null;
    if (!this.#complete) rmSync(`${this.file}.part`, { force: true });
  }

  #flush(): void {
    if (this.#descriptor === null) return;
    for (let done = 0; done < this.#used;) {
      const bytes = writeSync(this.#descriptor, this.#buffer, done, this.#used - done, this.#position);
      done += bytes;
      this.#position += bytes;
    }
    this.#used = 0;
  }
}

/** Reads a complete list from its start, in constant memory. */
export function* readTransmittedFiles(file: string): Generator<TransmittedFile> {
  const descriptor = openSync(file, 'r');
  try {
    let pending = Buffer.alloc(0);
    const chunk = Buffer.allocUnsafeSlow(BUFFER_BYTES);
    for (;;) {
      const bytes = readSync(descriptor, chunk, 0, chunk.length, null);
      if (bytes === 0) return;
      pending = Buffer.concat([pending, chunk.subarray(0, bytes)]);
      let at = 0;
      while (pending.length - at >= RECORD_BYTES) {
        const pathBytes = pending.readUInt16BE(at);
        const end = at + RECORD_BYTES + pathBytes;
        if (end > pending.length) break;
        yield recordAt(pending, at, end);
        at = end;
      }
      pending = pending.subarray(at);
    }
  } finally {
    closeSync(descriptor);
  }
}

function recordAt(buffer: Buffer, at: number, end: number): TransmittedFile {
  return {
    path: Buffer.from(buffer.subarray(at + RECORD_BYTES, end)),
    kind: KINDS[buffer.readUInt8(at + 2)] ?? 'file',
    linked: buffer.readUInt8(at + 3) === 1,
    size: buffer.readDoubleBE(at + 4),
    mtimeNs: buffer.readBigInt64BE(at + 12),
    ctimeNs: buffer.readBigInt64BE(at + 20),
    dev: buffer.readBigUInt64BE(at + 28),
    ino: buffer.readBigUInt64BE(at + 36),
  };
}
