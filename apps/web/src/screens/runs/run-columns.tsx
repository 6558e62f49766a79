import type { Run } from '@periodic-backup/contracts/http';
import { ProgressBar } from '../../design/progress/progress-bar.js';
import { StateBadge } from '../../design/state/state-badge.js';
import { runLooks } from '../../design/state/states.js';
import type { Column } from '../../design/table/column.js';
import { Duration, Elapsed } from '../../design/time/duration.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { Sentence } from '../../design/time/sentence.js';
import { countOf, formatBytes, formatCount, formatPercent } from '../../format/sizes.js';
import { useProgress } from '../../live/live.js';
import styles from './run-list.module.css';

/** What a row of a list of runs shows. */
export const runColumns: readonly Column<Run>[] = [
  {
    ...{ id: 'plan', header: 'Plan', width: 'minmax(9rem, 0.9fr)' },
    cell: (run) => <span className={styles.name}>{run.planName}</span>,
  },
  { id: 'state', header: 'State', width: '7rem', cell: (run) => <StateBadge look={runLooks[run.state]} /> },
  { id: 'kind', header: 'Kind', width: '3.75rem', dropBelow: 760, cell: ({ kind }) => kind },
  {
    ...{ id: 'agent', header: 'Agent', width: 'minmax(5rem, 0.5fr)', dropBelow: 1240 },
    cell: ({ agentId }) => <span className={styles.muted}>{agentId}</span>,
  },
  {
    ...{ id: 'reason', header: 'What happened', width: 'minmax(10rem, 2.4fr)', dropBelow: 820 },
    cell: (run) => <WhatHappened run={run} />,
  },
  {
    ...{ id: 'files', header: 'Files', width: '4rem', align: 'end', dropBelow: 900 },
    cell: ({ counts }) => <Figure count={counts.files} words={formatCount(counts.files)} />,
  },
  {
    ...{ id: 'new', header: 'New', width: '5rem', align: 'end' },
    cell: ({ counts }) => <Figure count={counts.bytesStored} words={formatBytes(counts.bytesStored)} />,
  },
  {
    ...{ id: 'took', header: 'Took', width: '5.75rem', align: 'end' },
    cell: (run) => <Took run={run} />,
  },
  {
    ...{ id: 'due', header: 'Due', width: '5.5rem', align: 'end' },
    cell: ({ scheduledFor }) => <RelativeTime at={scheduledFor} inRow />,
  },
];

/** A run where there is no room for columns. */
export function CompactRun({ run }: { readonly run: Run }) {
  return (
    <>
      <span className={styles.top}>
        <span className={styles.name}>{run.planName}</span>
        <StateBadge look={runLooks[run.state]} />
      </span>
      <span className={styles.second}>
        <span>
          {run.kind === 'backup' ? '' : `${run.kind} · `}
          <RelativeTime at={run.scheduledFor} inRow />
        </span>
        {run.durationMs !== null && <Duration milliseconds={run.durationMs} />}
      </span>
      {(run.reason ?? run.state === 'running') && (
        <span className={styles.reason}>
          <WhatHappened run={run} />
        </span>
      )}
    </>
  );
}

/** Why it is as it is, first of all which files could not be stored; how far it is, while it runs. */
function WhatHappened({ run }: { readonly run: Run }) {
  const progress = useProgress(run.id);
  if (run.state === 'running' && progress) {
    const share = progress.bytesTotal ? Math.min(1, progress.bytesDone / progress.bytesTotal) : null;
    return (
      <span className={styles.progress}>
        <ProgressBar label={`${run.planName}: ${run.kind}`} share={share} />
        <span>{share === null ? countOf(progress.filesDone, 'file') : formatPercent(share)}</span>
      </span>
    );
  }
  return <span className={styles.muted}>{run.reason && <Sentence text={run.reason} />}</span>;
}

function Took({ run }: { readonly run: Run }) {
  if (run.state === 'running' && run.startedAt) return <Elapsed since={run.startedAt} />;
  return <Duration milliseconds={run.durationMs} />;
}

function Figure({ count, words }: { readonly count: number; readonly words: string }) {
  return count === 0 ? <span className={styles.faint}>–</span> : words;
}
