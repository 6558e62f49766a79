const LONGEST = 60;

/** A name for a plan of this directory: its last part, as far as the API takes such names; empty if nothing is left. */
export function suggestedName(sourceDir: string): string {
  const last = sourceDir.split('/').findLast((part) => part !== '') ?? '';
  return last
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._ -]+/gu, '-')
    .replace(/^[^\p{L}\p{N}_]+/u, '')
    .slice(0, LONGEST)
    .replace(/[^\p{L}\p{N}_-]+$/u, '');
}
