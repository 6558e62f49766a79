import type { Entry } from '@periodic-backup/protocol';
import { storedFileMode } from './file-modes.js';

/** The entry if it is a file whose content is stored, else null. */
export function fileWithContent(entry: Entry | null): Entry | null {
  return entry !== null && entry.kind === 'file' && entry.digest !== null && !entry.unreadable ? entry : null;
}

/** True if the file is as the snapshot before has it, as far as metadata tell. */
export function isUnchanged(previous: Entry, entry: Entry): boolean {
  return isSameMoment(previous, entry) && !previous.changedWhileRead;
}

/** One file at one moment, as far as its metadata tell. */
export function isSameMoment(a: Entry, b: Entry): boolean {
  return a.kind === b.kind && a.ctimeNs === b.ctimeNs && a.mtimeNs === b.mtimeNs && a.size === b.size;
}

/** True if only the change time tells them apart: the content may be the same. */
export function isProbablySame(previous: Entry, entry: Entry): boolean {
  return previous.size === entry.size && previous.mtimeNs === entry.mtimeNs && !previous.changedWhileRead;
}

/** True if the folder shows two files alike, so that one inode can stand for both. */
export function looksSame(a: Entry, b: Entry): boolean {
  return storedFileMode(a.mode) === storedFileMode(b.mode) && a.mtimeNs === b.mtimeNs;
}
