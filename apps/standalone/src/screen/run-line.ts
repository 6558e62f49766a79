import { join } from 'node:path';
import type { Run, RunProblem } from '@periodic-backup/contracts';
import { count, formatBytes, formatDuration, formatTime, taskInWords } from '@periodic-backup/terminal';

const SHOWN_PROBLEMS = 5;

export interface RunLineContext {
  /** The target as the user wrote it or would. */
  readonly targetDir: string;
  readonly logsDir: string;
  readonly problems: readonly RunProblem[];
}

/** What a finished run came to: a line, and below it what a person should know or do. */
export function runLines(run: Run, { targetDir, logsDir, problems }: RunLineContext): string[] {
  const head = (word: string): string =>
    `${formatTime(new Date(run.finishedAt ?? run.scheduledFor))}  ${run.planName}  ${run.kind === 'backup' ? '' : `${run.kind} `}${word}  `;
  switch (run.state) {
    case 'committed':
      return [head('complete') + stored(run, targetDir)];
    case 'partial':
      return [
        head('partial') + stored(run, targetDir),
        ...problems.slice(0, SHOWN_PROBLEMS).map(({ path, message }) => `          ${path}: ${message}`),
        ...(run.counts.filesFailed > SHOWN_PROBLEMS
          ? [
              `          and ${run.counts.filesFailed - SHOWN_PROBLEMS} more, listed at /api/v1/runs/${run.id}/problems`,
            ]
          : []),
        ...(run.kind === 'backup'
          ? [
              '          Grant this user read access to them or leave them out with --exclude; the next run tries again.',
            ]
          : []),
      ];
    case 'failed':
      return [
        `${head('failed')}${run.reason ?? run.error?.message ?? 'no reason was given'}`,
        `          After ${count(run.attempts, 'attempt')}${run.kind === 'backup' ? '; the next due run tries again' : ''}. More in ${join(logsDir, 'sender-agent.log')}.`,
      ];
    case 'missed':
      return [
        `${head('missed')}${run.reason ?? 'It could not be honoured in time.'}`,
        '          Nothing to do if this program was stopped then; else give the plan a longer period.',
      ];
    case 'cancelled':
      return [`${head('cancelled')}${run.reason ?? ''}`.trimEnd()];
    case 'waiting':
    case 'queued':
    case 'running':
      return [`${head(run.state)}${run.reason ?? ''}`.trimEnd()];
  }
}

function stored(run: Run, targetDir: string): string {
  if (run.kind !== 'backup') return taskInWords(run);
  const { receipt, counts, durationMs, snapshot } = run;
  const newFiles = receipt?.counts.storedFiles;
  const files =
    newFiles === undefined
      ? count(counts.files, 'file')
      : `${newFiles} new of ${count(receipt?.counts.files ?? 0, 'file')}`;
  const failed = counts.filesFailed > 0 ? `, ${counts.filesFailed} could not be stored` : '';
  const time = durationMs === null ? '' : ` in ${formatDuration(durationMs)}`;
  const place = snapshot === null ? '' : ` → ${join(targetDir, run.agentId, run.planName, snapshot)}`;
  return `${files}${failed}, ${formatBytes(counts.bytesStored)}${time}${place}`;
}
