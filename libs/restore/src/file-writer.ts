import { closeSync, ftruncateSync, writeSync } from 'node:fs';
import type { FileOutcome, FileTaker } from '@periodic-backup/reader';
import { nameOf } from '@periodic-backup/local-files';
import type { DestinationTree } from './destination-tree.js';
import type { EntryMetadata } from './entry-metadata.js';
import type { PlannedFile } from './planned-file.js';
import type { Publisher } from './publish.js';
import { createTemporary, removeTemporary, reopenTemporary, type TemporaryFiles } from './temporary-files.js';

const ZEROS = Buffer.alloc(65_536);

export interface FileWriterListener {
  /** Bytes came from the wire. */
  received(bytes: number): void;
  /** More of the large file under way is written. */
  grew(file: PlannedFile, bytes: number): void;
  /** The file stands under its name, as its entry says. */
  written(file: PlannedFile): void;
  /** The vault could not give it whole: nothing stands under its name. */
  damaged(file: PlannedFile, code: string): void;
  /** What an earlier attempt had left did not fit: it is to be fetched from the start. */
  again(file: PlannedFile): void;
  /** A call of the system failed, or somebody took the name. Throws if no other file can fare better. */
  failed(file: PlannedFile, error: unknown): void;
  /** Throws to stop. */
  check(): void;
}

interface Growing {
  readonly file: PlannedFile;
  /** Null once writing has failed: the rest of the content is not needed. */
  descriptor: number | null;
  position: number;
  /** What an earlier attempt had left is gone. */
  lost: boolean;
}

/** Writes files as their content arrives. A file gets its name only when every byte of it was verified. */
export class FileWriter implements FileTaker<PlannedFile> {
  #growing: Growing | null = null;

  constructor(
    private readonly tree: DestinationTree,
    private readonly temporaries: TemporaryFiles,
    private readonly metadata: EntryMetadata,
    private readonly publisher: Publisher,
    private readonly listener: FileWriterListener,
  ) {}

  whole(file: PlannedFile, content: Buffer, outcome: FileOutcome): void {
    if (file.offset > 0) {
      // The rest of what an earlier attempt had begun.
      this.begin(file);
      this.bytes(file, content);
      this.end(file, outcome);
      return;
    }
    this.listener.check();
    this.listener.received(content.length);
    const { entry, decision } = file;
    if (!entry.digest?.equals(outcome.digest) || content.length !== entry.size) {
      this.listener.damaged(file, 'DIGEST_MISMATCH');
      return;
    }
    try {
      const directory = this.tree.enterParentOf(decision.target);
      const temporary = Buffer.concat([directory.prefix, this.temporaries.name]);
      const descriptor = createTemporary(temporary, this.metadata.creationMode(entry));
      try {
        try {
          writeFully(descriptor, content, 0);
          this.metadata.toNewFile(descriptor, directory, entry);
        } finally {
          closeSync(descriptor);
        }
        this.publisher.publish(temporary, decision);
      } catch (error) {
        removeTemporary(temporary);
        throw error;
      }
    } catch (error) {
      this.listener.failed(file, error);
      return;
    }
    this.listener.written(file);
  }

  begin(file: PlannedFile): void {
    this.listener.check();
    const growing: Growing = { file, descriptor: null, position: file.offset, lost: false };
    this.#growing = growing;
    try {
      const path = this.#growingPath(file);
      growing.descriptor = file.offset > 0 ? reopenTemporary(path) : createTemporary(path);
      growing.lost = growing.descriptor === null;
    } catch (error) {
      this.listener.failed(file, error);
    }
  }

  bytes(file: PlannedFile, piece: Buffer): void {
    this.listener.check();
    this.listener.received(piece.length);
    this.#write(file, piece.length, (descriptor, position) => writeFully(descriptor, piece, position));
    file.digest?.update(piece);
  }

  hole(file: PlannedFile, lengthBytes: number): void {
    this.listener.check();
    this.#write(file, lengthBytes, () => undefined);
    for (let left = lengthBytes; file.digest && left > 0; left -= ZEROS.length)
      file.digest.update(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  }

  end(file: PlannedFile, { digest, digestMatches }: FileOutcome): void {
    const growing = this.#growing;
    this.#growing = null;
    if (!growing || growing.descriptor === null) {
      if (growing?.lost) this.listener.again(file);
      return;
    }
    const { descriptor, position } = growing;
    const { entry, decision } = file;
    const isEntrys = entry.digest?.equals(file.digest?.finish() ?? digest) === true;
    const matches = isEntrys && (file.digest !== null || digestMatches === true);
    try {
      const path = this.#growingPath(file);
      try {
        if (matches && position === entry.size) {
          ftruncateSync(descriptor, entry.size);
          this.metadata.toDescriptor(descriptor, entry);
        }
      } finally {
        closeSync(descriptor);
      }
      if (!matches || position !== entry.size) {
        removeTemporary(path);
        if (file.digest) this.listener.again(file);
        else this.listener.damaged(file, 'DIGEST_MISMATCH');
        return;
      }
      this.publisher.publish(path, decision);
    } catch (error) {
      this.#discard(file);
      this.listener.failed(file, error);
      return;
    }
    this.listener.written(file);
  }

  failed(file: PlannedFile, code: string): void {
    const growing = this.#growing;
    this.#growing = null;
    if (growing && growing.descriptor !== null) closeSync(growing.descriptor);
    if (growing || file.offset > 0) this.#discard(file);
    // A digest that is begun is always ended: the fallback without native code has few.
    file.digest?.finish();
    this.listener.damaged(file, code);
  }

  /** Lets go of a file under way. What it holds stays for another attempt, unless told otherwise. */
  release(keep: boolean): void {
    const growing = this.#growing;
    this.#growing = null;
    if (!growing) return;
    if (growing.descriptor !== null) {
      // A hole at the end counts as written.
      if (keep) ftruncateSync(growing.descriptor, growing.position);
      closeSync(growing.descriptor);
    }
    if (!keep) this.#discard(growing.file);
  }

  #write(file: PlannedFile, bytes: number, write: (descriptor: number, position: number) => void): void {
    const growing = this.#growing;
    if (!growing || growing.descriptor === null) return;
    try {
      write(growing.descriptor, growing.position);
    } catch (error) {
      closeSync(growing.descriptor);
      growing.descriptor = null;
      this.#discard(file);
      this.listener.failed(file, error);
    }
    growing.position += bytes;
    this.listener.grew(file, growing.position);
  }

  #growingPath(file: PlannedFile): Buffer {
    const path = this.temporaries.growing(file.decision.target);
    return Buffer.concat([this.tree.enterParentOf(path).prefix, nameOf(path)]);
  }

  #discard(file: PlannedFile): void {
    try {
      removeTemporary(this.#growingPath(file));
    } catch {
      // Its directory cannot be entered any more: there is nothing to remove.
    }
  }
}

function writeFully(descriptor: number, bytes: Buffer, position: number): void {
  for (let done = 0; done < bytes.length;)
    done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
}
