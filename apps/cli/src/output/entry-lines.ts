import type { EntryView } from '@periodic-backup/contracts';
import { formatBytes } from '@periodic-backup/terminal';
import { localTime } from './ages.js';
import { shown, table } from './table.js';

const LETTERS: Readonly<Record<EntryView['kind'], string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  hardlink: 'h',
  fifo: 'p',
  socket: 's',
  'character-device': 'c',
  'block-device': 'b',
};

/** Entries as `ls -l` would show them. */
export function entryTable(entries: readonly EntryView[], name: (entry: EntryView) => string): string {
  return table(
    ['MODE', 'OWNER', 'SIZE', 'CHANGED', 'NAME'],
    entries.map((entry) => [
      LETTERS[entry.kind] + modeText(entry.mode),
      `${entry.user ?? entry.uid}:${entry.group ?? entry.gid}`,
      entry.sizeBytes === null ? '' : formatBytes(entry.sizeBytes),
      localTime(entry.mtime),
      shown(name(entry)) +
        (entry.kind === 'directory' ? '/' : '') +
        (entry.target === null ? '' : ` -> ${shown(entry.target)}`) +
        (entry.problem === null ? '' : `  (${entry.problem})`),
    ]),
  );
}

function modeText(mode: number): string {
  return [6, 3, 0]
    .map((shift) => {
      const bits = (mode >> shift) & 7;
      return (bits & 4 ? 'r' : '-') + (bits & 2 ? 'w' : '-') + (bits & 1 ? 'x' : '-');
    })
    .join('');
}
