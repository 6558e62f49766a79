import { ProblemError } from '../../http/problem.js';
import { comparePaths, type Entry } from '@periodic-backup/protocol';
import type { ArchiveFormat } from '../archive/archive-format.js';
import { TarFormat } from '../archive/tar-format.js';
import { ZipFormat } from '../archive/zip-format.js';
import { contentDisposition } from '../content-headers.js';
import type { Reading } from '../reading.js';
import { shown } from '../snapshot-paths.js';
import { archiveContent } from './archive-content.js';
import { ArchiveNames } from './archive-names.js';
import type { Content } from './send-content.js';

/** What stands at the end of a zip is kept in memory until then. */
const MOST_ZIP_ENTRIES = 200_000;

const FORMATS: Readonly<Record<'tar' | 'zip', () => ArchiveFormat>> = {
  tar: () => new TarFormat(),
  zip: () => new ZipFormat(),
};

/** The entries at these paths. @throws ProblemError 404 naming the first that is not there */
export async function chooseEntries(reading: Reading, paths: readonly Buffer[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const path of ArchiveNames.choose(paths, comparePaths)) {
    const entry = await reading.find(path);
    if (!entry)
      throw new ProblemError(404, `Snapshot ${reading.snapshot.snapshot} holds nothing at "${shown(path)}".`);
    entries.push(entry);
  }
  return entries;
}

/** @throws ProblemError 422 for more entries than a zip can hold in constant memory */
export async function archiveAnswer(
  reading: Reading,
  chosen: readonly Entry[],
  format: 'tar' | 'zip',
  onLeftOut: (path: Buffer) => void,
): Promise<Content> {
  if (format === 'zip') await checkZipSize(reading, chosen);
  const { planFolder, snapshot } = reading.snapshot;
  const title = Buffer.from(`${planFolder}-${snapshot}`);
  const names = new ArchiveNames(
    chosen.map(({ path }) => path),
    title,
  );
  const archive = FORMATS[format]();
  return {
    status: 200,
    headers: {
      'content-type': archive.contentType,
      'content-disposition': contentDisposition(
        Buffer.concat([names.title ?? title, Buffer.from(archive.extension)]),
      ),
    },
    bytes: archiveContent(reading, chosen, { format: archive, names, onLeftOut }),
  };
}

async function checkZipSize(reading: Reading, chosen: readonly Entry[]): Promise<void> {
  if (reading.snapshot.counts.entries <= MOST_ZIP_ENTRIES) return;
  let entries = 0;
  for (const { kind, path } of chosen) {
    if (kind !== 'directory') continue;
    for await (const page of reading.pages({ below: path, after: null, depth: 'all' })) {
      entries += page.length;
      if (entries > MOST_ZIP_ENTRIES)
        throw new ProblemError(
          422,
          `There are more than ${MOST_ZIP_ENTRIES} entries, too many for a zip: take format=tar, or a directory below.`,
          { errors: [{ path: 'format', message: 'must be tar for so many entries' }] },
        );
    }
  }
}
