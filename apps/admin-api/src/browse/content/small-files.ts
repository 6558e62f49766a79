import { SessionError, type Entry } from '@periodic-backup/protocol';
import { FileUnavailableError, type FileTaker, type SnapshotReader } from '@periodic-backup/reader';

/** Of a size that comes in one piece, compared with its digest. */
export const SMALL_FILE_BYTES = 64 * 1024;

interface Want {
  readonly path: Buffer;
  readonly entry: Entry;
}

/**
 * The contents of many small files, asked for ahead of their answers; they are held in memory, so ask for a few MiB at a
 * time. @throws FileUnavailableError for the first that does not come as it was backed up; SessionError
 */
export async function fetchSmallFiles(
  reader: SnapshotReader,
  entries: readonly Entry[],
): Promise<Map<Entry, Buffer>> {
  const contents = new Map<Entry, Buffer>();
  let failure: FileUnavailableError | null = null;
  const tooLarge = ({ path }: Want): void => {
    throw new SessionError('DAMAGED', `"${path.toString()}" is larger than its manifest says.`);
  };
  const taker: FileTaker<Want> = {
    // Copied: the bytes are the reader's again on return.
    whole: ({ entry }, content) => void contents.set(entry, Buffer.from(content)),
    failed: ({ path }, code) => void (failure ??= new FileUnavailableError(code, path)),
    begin: tooLarge,
    bytes: tooLarge,
    hole: tooLarge,
    end: tooLarge,
  };
  await reader.fetchAll(
    entries.map((entry) => ({ path: entry.path, entry })),
    taker,
  );
  if (failure !== null) throw failure as FileUnavailableError;
  return contents;
}
