import type { StripCell } from '@periodic-backup/contracts/http';

const ORDER = [
  'committed',
  'partial',
  'failed',
  'missed',
  'running',
  'waiting',
  'queued',
  'cancelled',
] as const;

/** A strip in words: `28 committed, 1 partial, 1 missed`. */
export function summaryOf(cells: readonly Pick<StripCell, 'state'>[]): string {
  const counts = ORDER.map((state) => [state, cells.filter((cell) => cell.state === state).length] as const);
  const words = counts.filter(([, count]) => count > 0).map(([state, count]) => `${count} ${state}`);
  return words.length === 0 ? 'no runs yet' : words.join(', ');
}
