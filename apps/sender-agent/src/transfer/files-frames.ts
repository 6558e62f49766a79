import type { BackupClientSession, FilesBatch } from '@periodic-backup/protocol';
import type { Wire } from './wire.js';

/** Sends batches of small files and gives their memory back to the batch once the system has taken it. */
export class FilesFrames {
  #last: { frame: Buffer; mark: number } | null = null;
  #written: Buffer | null = null;

  constructor(private readonly wire: Wire) {}

  /** What the session sends through: remembers the frame that was written last. */
  readonly write = (bytes: Buffer): void => {
    this.#written = bytes;
    this.wire.write(bytes);
  };

  send(batch: FilesBatch, session: BackupClientSession): void {
    session.sendFiles(batch);
    if (this.#last && this.wire.isFlushed(this.#last.mark)) batch.recycle(this.#last.frame);
    this.#last = this.#written && { frame: this.#written, mark: this.wire.mark };
  }
}
