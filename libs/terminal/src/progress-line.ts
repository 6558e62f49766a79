import type { RunProgress } from '@periodic-backup/contracts';
import { formatBytes, formatDuration } from './format.js';

const WIDEST_BAR = 30;
const NARROWEST_BAR = 5;

/**
 * One line on how far a run is: bar (once the total is known and where `columns` leave room), files, bytes, rate,
 * time left.
 */
export function progressLine(planName: string, progress: RunProgress, columns: number): string {
  const { filesDone, filesTotal, bytesDone, bytesTotal, bytesPerSecond, secondsLeft } = progress;
  const parts = [
    `${filesDone}${filesTotal === null ? '' : `/${filesTotal}`} files`,
    `${formatBytes(bytesDone)}${bytesTotal === null ? '' : `/${formatBytes(bytesTotal)}`}`,
    `${formatBytes(bytesPerSecond)}/s`,
    secondsLeft === null ? 'time left unknown' : `${formatDuration(secondsLeft * 1000)} left`,
  ];
  const words = `${planName}  ${percent(progress)}${parts.join('  ')}`;
  const width = Math.min(WIDEST_BAR, columns - words.length - '[]  '.length);
  return width < NARROWEST_BAR || share(progress) === null
    ? words
    : `${bar(share(progress) ?? 0, width)}  ${words}`;
}

/** From 0 to 1; null while the total is not known. */
function share({ bytesDone, bytesTotal, filesDone, filesTotal }: RunProgress): number | null {
  if (bytesTotal === null || filesTotal === null) return null;
  const part = bytesTotal > 0 ? bytesDone / bytesTotal : filesTotal > 0 ? filesDone / filesTotal : 0;
  return Math.max(0, Math.min(1, part));
}

function percent(progress: RunProgress): string {
  const part = share(progress);
  return part === null ? '' : `${String(Math.floor(part * 100)).padStart(3)} %  `;
}

function bar(part: number, width: number): string {
  const full = Math.floor(part * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`;
}
