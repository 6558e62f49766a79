import { durationInWords, type Bandwidth, type PlanInput, type Retention } from '@periodic-backup/contracts';
import { scheduleSentence } from './schedule-preview.js';

type Values = Partial<PlanInput>;

/** What becomes of files at the source once they are safe: what each rule does, and what it never does. */
export function afterTransmitSentences({ afterTransmit = 'keep', sourceDir, backupDir }: Values): string[] {
  const source = sourceDir ?? 'the source directory';
  const copies = backupDir ?? 'the backup directory';
  switch (afterTransmit) {
    case 'keep':
      return [`Files stay in ${source} as they are; nothing there is written, moved or removed.`];
    case 'copy':
      return [
        `Once the receipt says that a snapshot is safe, every file that was sent is copied to ${copies}, too; ${source} stays as it is.`,
        `A file that changed meanwhile is copied by the next run. An older version in ${copies} is never lost: it is kept beside the new one.`,
      ];
    case 'move':
      return [
        `Once the receipt says that a snapshot is safe, every file that was sent is moved out of ${source} to ${copies}.`,
        `A file that changed meanwhile stays for the next run. An older version in ${copies} is never lost: it is kept beside the new one.`,
        'The plan accumulates: a file that left the source stays in later snapshots, and retention never removes the only copy.',
      ];
  }
}

/** The plan in plain words, as far as it is known. */
export function reviewSentences(values: Values, vault: string | null): string[] {
  const { name, agentId, sourceDir, excludes = [], schedule, recoveryPointSeconds, verifySchedule } = values;
  const { retention, bandwidth } = values;
  const what = sourceDir === undefined ? 'A directory' : sourceDir;
  const of = agentId === undefined ? '' : ` of agent "${agentId}"`;
  const where = vault === null ? 'a vault that is yet to be named' : `vault "${vault}"`;
  const when = schedule ? wordsOf(() => scheduleSentence(schedule)) : null;
  return [
    `${what}${of} is backed up to ${where}${name === undefined ? '' : ` as "${name}"`}${when === null ? '' : `, ${when}`}.`,
    excludes.length === 0
      ? 'Nothing is left out.'
      : `Left out is what ${excludes.length === 1 ? 'this matches' : `these ${excludes.length} match`}: ${excludes.slice(0, 5).join(', ')}${excludes.length > 5 ? ', …' : ''}.`,
    ...afterTransmitSentences(values),
    retention ? retentionSentence(retention) : 'Every snapshot stays.',
    recoveryPointSeconds === null || recoveryPointSeconds === undefined
      ? 'Promised is a good snapshot never older than twice the time between two due times.'
      : `Promised is a good snapshot never older than ${durationInWords(recoveryPointSeconds * 1000)}.`,
    verifySchedule
      ? `Every snapshot is read again and compared ${wordsOf(() => scheduleSentence(verifySchedule)) ?? 'by a schedule that cannot be read'}.`
      : 'Snapshots are read again and compared only by hand.',
    ...(bandwidth ? [bandwidthSentence(bandwidth)] : []),
  ];
}

function retentionSentence(policy: Retention): string {
  const counts = (
    [
      ['last', 'the last', 'snapshot'],
      ['hourly', 'one of each of', 'hour'],
      ['daily', 'one of each of', 'day'],
      ['weekly', 'one of each of', 'week'],
      ['monthly', 'one of each of', 'month'],
      ['yearly', 'one of each of', 'year'],
    ] as const
  ).flatMap(([rule, words, unit]) =>
    policy[rule] === 0 ? [] : [`${words} ${policy[rule]} ${unit}${policy[rule] === 1 ? '' : 's'}`],
  );
  const within =
    policy.withinSeconds > 0 ? [`all of the last ${durationInWords(policy.withinSeconds * 1000)}`] : [];
  const young =
    policy.minimumAgeSeconds > 0
      ? ` Nothing younger than ${durationInWords(policy.minimumAgeSeconds * 1000)} is removed.`
      : '';
  return `Of the snapshots stay ${[...counts, ...within].join(', ')}; the newest always does.${young}`;
}

function bandwidthSentence({ bytesPerSecond, windows, timezone }: Bandwidth): string {
  const usual = bytesPerSecond === null ? 'at full speed' : `at ${bytesPerSecond} bytes a second at most`;
  return windows.length === 0
    ? `Files are sent ${usual}.`
    : `Files are sent ${usual}, otherwise in ${windows.length === 1 ? 'one window' : `${windows.length} windows`} of the day (${timezone}).`;
}

/** A schedule that cannot be read has no words. */
function wordsOf(words: () => string): string | null {
  try {
    return words();
  } catch {
    return null;
  }
}
