import type { EntryView } from '@periodic-backup/contracts/http';
import {
  Box,
  File,
  FileArchive,
  FileCode,
  FileImage,
  FileMusic,
  FileSymlink,
  FileText,
  FileVideoCamera,
  Folder,
  type LucideIcon,
} from 'lucide-react';

const BY_ENDING: readonly (readonly [RegExp, LucideIcon])[] = [
  [/\.(jpe?g|png|gif|webp|svg|heic|tiff?|raw|avif)$/i, FileImage],
  [/\.(mp4|mov|mkv|avi|webm)$/i, FileVideoCamera],
  [/\.(mp3|flac|ogg|wav|m4a)$/i, FileMusic],
  [/\.(zip|tar|gz|tgz|bz2|xz|zst|7z|rar)$/i, FileArchive],
  [/\.(txt|md|pdf|docx?|odt|rtf|csv|xlsx?|ods|eml)$/i, FileText],
  [/\.(js|ts|json|html?|css|xml|ya?ml|sh|py|php|sql|conf|ini|c|h|go|rs)$/i, FileCode],
];

export function iconOf({ kind, name }: Pick<EntryView, 'kind' | 'name'>): LucideIcon {
  switch (kind) {
    case 'directory':
      return Folder;
    case 'symlink':
      return FileSymlink;
    case 'file':
    case 'hardlink':
      return BY_ENDING.find(([ending]) => ending.test(name))?.[1] ?? File;
    case 'fifo':
    case 'socket':
    case 'character-device':
    case 'block-device':
      return Box;
  }
}

export const KIND_WORDS: Readonly<Record<EntryView['kind'], string>> = {
  file: 'File',
  directory: 'Directory',
  symlink: 'Symbolic link',
  hardlink: 'Hard link',
  fifo: 'Named pipe',
  socket: 'Socket',
  'character-device': 'Character device',
  'block-device': 'Block device',
};

export const PROBLEM_WORDS: Readonly<Record<NonNullable<EntryView['problem']>, string>> = {
  unreadable: 'The backup could not read it: its content is not in the snapshot.',
  changed: 'It was written to while it was backed up: what is kept may be a mixture.',
};

/** As `ls -l` writes permissions: `rwxr-x---`. */
export function modeInLetters(mode: number): string {
  return [6, 3, 0]
    .flatMap((shift) => [4, 2, 1].map((bit, at) => ((mode >> shift) & bit ? 'rwx'[at]! : '-')))
    .join('');
}

/** True for what has bytes to download by itself. */
export function hasContent({ kind, problem }: Pick<EntryView, 'kind' | 'problem'>): boolean {
  return (kind === 'file' || kind === 'hardlink') && problem !== 'unreadable';
}
