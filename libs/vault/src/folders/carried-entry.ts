import type { Entry } from '@periodic-backup/protocol';
import type { Manifest } from '../manifest/manifest-reader.js';
import { fileWithContent } from './file-sameness.js';
import type { SnapshotContent } from './snapshot-content.js';

/**
 * Brings an entry of the snapshot before, no longer offered, into the coming one; returns what is recorded of it, null if
 * nothing. Unreadable: its content is no longer in the vault.
 */
export function carriedEntry(
  content: SnapshotContent,
  manifest: Manifest | null,
  previous: Entry,
): Entry | null {
  if (previous.kind === 'directory') content.makeDirectory(previous.path, previous.mode);
  if (previous.kind !== 'file' && previous.kind !== 'hardlink') return previous;
  const file = previous.kind === 'file' ? fileWithContent(previous) : fileOfHardLink(manifest, previous);
  if (file === null || content.shareWithPrevious(file, file) !== 'missing') return file;
  return { ...file, unreadable: true, digest: null };
}

/** A kept hard link is a file of its own: its first name may hold other content now. Its inode stays shared. */
function fileOfHardLink(manifest: Manifest | null, { path, target }: Entry): Entry | null {
  const first = fileWithContent(manifest?.find(target as Buffer) ?? null);
  return first === null ? null : { ...first, path };
}
