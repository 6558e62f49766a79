import { SessionError, type Entry } from '@periodic-backup/protocol';
import type { ArchiveFormat, ArchiveMember } from '../archive/archive-format.js';
import type { Reading } from '../reading.js';
import type { ArchiveNames } from './archive-names.js';
import { fileContent } from './file-content.js';
import { SMALL_FILE_BYTES, fetchSmallFiles } from './small-files.js';

/** Contents of small files that are in memory at once. */
const GROUP_BYTES = 4 * 1024 * 1024;
const BATCH_BYTES = 256 * 1024;

export interface ArchiveOptions {
  readonly format: ArchiveFormat;
  readonly names: ArchiveNames;
  /** Told of every file whose content the backup could not read: it has none to put into an archive. */
  readonly onLeftOut: (path: Buffer) => void;
}

/**
 * An archive of the chosen entries, byte by byte, in memory that does not grow with it. @throws FileUnavailableError,
 * SessionError in the middle: then the archive has no end, and is not taken for whole.
 */
export async function* archiveContent(
  reading: Reading,
  chosen: readonly Entry[],
  options: ArchiveOptions,
): AsyncGenerator<Buffer, void> {
  const archive = new ArchiveRun(reading, options);
  yield* inBatches(archive.bytes(chosen));
}

/** An entry with what is put into the archive for it. */
interface Item {
  readonly entry: Entry;
  /** For a hard link that comes as a file: the entry that has size and digest. Of others the entry itself. */
  readonly file: Entry;
}

class ArchiveRun {
  /** Files without content: their other names have none either. */
  readonly #leftOut = new Set<string>();

  constructor(
    private readonly reading: Reading,
    private readonly options: ArchiveOptions,
  ) {}

  async *bytes(chosen: readonly Entry[]): AsyncGenerator<Buffer, void> {
    for await (const page of this.#pages(chosen))
      for (const group of groupsOf(await this.#items(page))) yield* this.#group(group);
    yield* this.options.format.end();
  }

  async *#pages(chosen: readonly Entry[]): AsyncGenerator<readonly Entry[], void> {
    for (const entry of chosen) {
      yield [entry];
      if (entry.kind === 'directory')
        yield* this.reading.pages({ below: entry.path, after: null, depth: 'all' });
    }
  }

  async #items(page: readonly Entry[]): Promise<Item[]> {
    const items: Item[] = [];
    for (const entry of page) {
      const file = this.#isFileByLink(entry) ? await this.reading.find(entry.target!) : entry;
      if (!file || this.#lacksContent(entry, file)) this.#leaveOut(entry);
      else items.push({ entry, file });
    }
    return items;
  }

  /** The first name is not in this archive, or links cannot be. */
  #isFileByLink({ kind, target }: Entry): boolean {
    return kind === 'hardlink' && !(this.options.format.hasHardLinks && this.options.names.holds(target!));
  }

  #lacksContent(entry: Entry, file: Entry): boolean {
    if (file.kind === 'hardlink') return this.#leftOut.has(entry.target!.toString('latin1'));
    return file.kind === 'file' && (file.unreadable || file.digest === null);
  }

  #leaveOut(entry: Entry): void {
    this.#leftOut.add(entry.path.toString('latin1'));
    this.options.onLeftOut(entry.path);
  }

  async *#group(group: readonly Item[]): AsyncGenerator<Buffer, void> {
    const small = group.filter(({ file }) => isSmall(file)).map(({ entry }) => entry);
    const contents = await fetchSmallFiles(this.reading.reader, small);
    for (const { entry, file } of group) {
      const member = this.#member(entry, file);
      if (file.kind !== 'file') {
        yield* this.options.format.entry(member);
        continue;
      }
      const content = contents.get(entry);
      if (content && content.length !== file.size)
        throw new SessionError('DAMAGED', `A file has not the ${file.size} bytes that its manifest says.`);
      yield* this.options.format.file(
        member,
        content ? [content] : fileContent(this.reading, entry.path, file, null),
      );
    }
  }

  #member(entry: Entry, file: Entry): ArchiveMember {
    const { names } = this.options;
    const { users, groups } = this.reading.opened;
    const isLink = file.kind === 'hardlink';
    return {
      name: names.nameOf(entry.path),
      kind: file.kind,
      mode: file.mode,
      uid: file.uid,
      gid: file.gid,
      user: users[file.uid] ?? '',
      group: groups[file.gid] ?? '',
      size: file.size,
      mtimeNs: file.mtimeNs,
      target: isLink ? names.nameOf(entry.target!) : file.target,
    };
  }
}

/** Groups end behind a large file, or where their small ones fill the memory meant for them. */
function* groupsOf(items: readonly Item[]): Generator<Item[], void> {
  let group: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    group.push(item);
    if (isSmall(item.file)) bytes += item.file.size;
    if (bytes < GROUP_BYTES && (item.file.kind !== 'file' || isSmall(item.file))) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

function isSmall({ kind, size }: Entry): boolean {
  return kind === 'file' && size <= SMALL_FILE_BYTES;
}

/** Headers are small and many: they go out together. */
async function* inBatches(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let batch: Buffer[] = [];
  let bytes = 0;
  for await (const piece of pieces) {
    batch.push(piece);
    bytes += piece.length;
    if (bytes < BATCH_BYTES) continue;
    yield batch.length === 1 ? piece : Buffer.concat(batch);
    batch = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(batch);
}
