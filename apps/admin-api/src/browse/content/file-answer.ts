import type { Entry } from '@periodic-backup/protocol';
import { ProblemError } from '../../http/problem.js';
import { alreadyHas, byteRange, rangeStillHolds } from '../byte-range.js';
import { contentDisposition, contentType } from '../content-headers.js';
import { instantOf } from '../entry-view.js';
import type { Reading } from '../reading.js';
import { nameOf, shown } from '../snapshot-paths.js';
import { fileContent } from './file-content.js';
import type { Content } from './send-content.js';

/** What a client says of what it wants and has. */
export interface FileWishes {
  readonly range?: string | undefined;
  readonly 'if-range'?: string | undefined;
  readonly 'if-none-match'?: string | undefined;
}

/** A file, or a hard link's file. @throws ProblemError 422 for what has no content */
export async function contentEntry(reading: Reading, entry: Entry): Promise<Entry> {
  const file = entry.kind === 'hardlink' ? await reading.find(entry.target!) : entry;
  if (file?.kind === 'file' && file.digest !== null && !file.unreadable) return file;
  const path = shown(entry.path);
  if (file?.kind === 'file')
    throw new ProblemError(422, `The backup could not read "${path}": the snapshot has no content of it.`);
  if (entry.kind === 'symlink')
    throw new ProblemError(
      422,
      `"${path}" is a symlink, to "${shown(entry.target!)}": it has no content of its own.`,
    );
  throw new ProblemError(422, `"${path}" is a ${entry.kind}: it has no content.`);
}

/** One file as HTTP has it: type, name, validators, ranges. */
export function fileAnswer(reading: Reading, path: Buffer, file: Entry, wishes: FileWishes): Content {
  const etag = `"${file.digest!.toString('hex')}"`;
  const lastModified = instantOf(file.mtimeNs).toUTCString();
  const headers = { etag, 'last-modified': lastModified, 'accept-ranges': 'bytes' };
  if (alreadyHas(wishes['if-none-match'], etag)) return { status: 304, headers, bytes: null };
  const holds = rangeStillHolds(wishes['if-range'], etag, lastModified);
  const range = byteRange(holds ? wishes.range : undefined, file.size);
  const name = nameOf(path);
  const described = {
    ...headers,
    'content-type': contentType(name),
    'content-disposition': contentDisposition(name),
  };
  switch (range.kind) {
    case 'beyond':
      throw new ProblemError(416, `The file has ${file.size} bytes: there are none at "${wishes.range}".`, {
        headers: { 'content-range': `bytes */${file.size}` },
      });
    case 'part':
      return {
        status: 206,
        headers: {
          ...described,
          'content-length': range.length,
          'content-range': `bytes ${range.offset}-${range.offset + range.length - 1}/${file.size}`,
        },
        bytes: fileContent(reading, path, file, range),
      };
    case 'whole':
      return {
        status: 200,
        headers: { ...described, 'content-length': file.size },
        bytes: fileContent(reading, path, file, null),
      };
  }
}
