import { Task, TaskResult, type Run } from '@periodic-backup/contracts';
import { count, formatBytes, formatDuration } from './format.js';

/** What a run came to that is no backup. */
export function taskInWords({ task, taskResult, durationMs }: Run): string {
  const result = TaskResult.safeParse(taskResult).data;
  const asked = Task.safeParse(task).data;
  const time = durationMs === null ? '' : ` in ${formatDuration(durationMs)}`;
  switch (result?.kind) {
    case 'restore': {
      const { created, overwritten, renamed, skipped, unchanged } = result;
      const others = Object.entries({ overwritten, renamed, skipped, unchanged })
        .filter(([, number]) => number > 0)
        .map(([word, number]) => `, ${number} ${word}`)
        .join('');
      const to =
        asked?.kind === 'restore'
          ? ` → ${asked.destination}${asked.dryRun ? ' (nothing was written)' : ''}`
          : '';
      return `${count(created, 'entry', 'entries')} restored${others}${time}${to}`;
    }
    case 'drill':
      return `${count(result.files, 'file')}, ${formatBytes(result.bytes)} restored and compared in ${formatDuration(result.durationMs)}`;
    case 'verify':
      return result.damageCount > 0
        ? `${count(result.damageCount, 'damaged place')} in ${count(result.filesRead, 'file')}: look with "pbk runs"`
        : `${count(result.verified.length, 'snapshot')} sound, ${formatBytes(result.bytesRead)} read${time}`;
    case 'prune':
      return `${count(result.removed.length, 'snapshot')} removed${time}`;
    case undefined:
      return time.trimStart();
  }
}
