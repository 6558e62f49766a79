import { basename } from 'node:path';
import { FolderName } from '@periodic-backup/contracts';

const LONGEST = 76; // leaves room for a suffix

/** A plan's name made from its source's base name; unlike every one of `taken`, whatever their case. */
export function planNameFor(sourceDir: string, taken: readonly string[]): string {
  const base = sanitised(basename(sourceDir));
  const used = new Set(taken.map((name) => name.toLowerCase()));
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!used.has(name.toLowerCase())) return name;
  }
}

function sanitised(name: string): string {
  let text = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._ -]+/gu, '-')
    .replace(/^[^\p{L}\p{N}_]+/u, '')
    .slice(0, LONGEST);
  while (Buffer.byteLength(text) > 190) text = [...text].slice(0, -1).join('');
  text = text.replace(/[^\p{L}\p{N}_-]+$/u, '');
  return FolderName.safeParse(text).success ? text : 'source';
}
