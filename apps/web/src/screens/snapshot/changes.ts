import type { DiffEntry } from '@periodic-backup/contracts/http';
import { formatBytes } from '../../format/sizes.js';
import { modeInLetters } from './entry-look.js';

/** False for what differs in owner, mode or time alone: a directory does as soon as something in it changes. */
export function isWorthShowing({ change }: DiffEntry): boolean {
  return change !== 'metadata';
}

/** What differs, in words. */
export function changesOfMetadata({ change, before, after }: DiffEntry): string {
  if (before === null || after === null) return '';
  if (before.kind !== after.kind) return `${before.kind} became ${after.kind}`;
  const words: string[] = [];
  if (change === 'changed') {
    const grown = (after.sizeBytes ?? 0) - (before.sizeBytes ?? 0);
    if (before.target !== after.target) words.push('leads elsewhere');
    else if (grown === 0) words.push('content');
    else words.push(`${formatBytes(Math.abs(grown))} ${grown > 0 ? 'more' : 'less'}`);
  }
  if (before.mode !== after.mode)
    words.push(`mode ${modeInLetters(before.mode)} → ${modeInLetters(after.mode)}`);
  if (before.uid !== after.uid || before.gid !== after.gid) words.push('owner');
  if (change === 'metadata' && before.mtimeNs !== after.mtimeNs) words.push('time');
  return words.join(', ');
}
