import type { RunProgress } from '@periodic-backup/contracts/http';

/** How much of a run is done, by bytes where they are known: files differ in size. Null: nobody knows how much there is. */
export function shareOf({ bytesDone, bytesTotal, filesDone, filesTotal }: RunProgress): number | null {
  if (bytesTotal) return Math.min(1, bytesDone / bytesTotal);
  return filesTotal ? Math.min(1, filesDone / filesTotal) : null;
}
