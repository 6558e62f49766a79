import type { RunProgress } from '@periodic-backup/contracts';
import { formatBytes, formatDuration } from './format.js';

const BAR_WIDTH = 24;

/** One line on how far a run is: bar (once the total is known), files, bytes, rate, time left. */
export function progressLine(planName: string, progress: RunProgress): string {
  const { filesDone, filesTotal, bytesDone, bytesTotal, bytesPerSecond, secondsLeft } = progress;
  const parts = [
    `${filesDone}${filesTotal === null ? '' : `/${filesTotal}`} files`,
    `${formatBytes(bytesDone)}${bytesTotal === null ? '' : `/${formatBytes(bytesTotal)}`}`,
    `${formatBytes(bytesPerSecond)}/s`,
    secondsLeft === null ? 'time left unknown' : `${formatDuration(secondsLeft * 1000)} left`,
  ];
  return `${planName}  ${bar(progress)}${parts.join('  ')}`;
}

function bar({ bytesDone, bytesTotal, filesDone, filesTotal }: RunProgress): string {
  if (bytesTotal === null || filesTotal === null) return '';
  const share = bytesTotal > 0 ? bytesDone / bytesTotal : filesTotal > 0 ? filesDone / filesTotal : 0;
  const full = Math.max(0, Math.min(BAR_WIDTH, Math.floor(share * BAR_WIDTH)));
  const percent = String(Math.min(100, Math.floor(share * 100))).padStart(3);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}] ${percent} %  `;
}
