import type { Estimate } from '@periodic-backup/contracts/http';
import { RotateCw, Square } from 'lucide-react';
import { sentenceFor } from '../../api/problems.js';
import { Button } from '../../design/button/button.js';
import { Callout } from '../../design/feedback/callout.js';
import { Spinner } from '../../design/feedback/spinner.js';
import { Tabs } from '../../design/tabs/tabs.js';
import { formatDuration } from '../../format/durations.js';
import { countOf, formatBytes, formatCount } from '../../format/sizes.js';
import { SampleList } from './sample-list.js';
import { UnreadableList } from './unreadable-list.js';
import type { EstimateState } from './use-estimate.js';
import styles from './estimate.module.css';

/** What a run would take, as far as it is counted. */
export function EstimateView({ state }: { readonly state: EstimateState }) {
  const { estimate, counting, isOld, error, possible, stop, again } = state;
  if (!possible)
    return (
      <p className={styles.hint}>
        Choose a source directory: its files and bytes are counted here before anything is saved.
      </p>
    );
  return (
    <section className={styles.estimate} aria-label="What a run would take" aria-busy={counting}>
      <header className={styles.header}>
        <h3 className={styles.title}>What a run would take</h3>
        {counting ? (
          <span className={styles.state} role="status">
            <Spinner size={14} /> Counting
            <Button kind="quiet" size="small" icon={Square} onPress={stop}>
              Stop
            </Button>
          </span>
        ) : (
          <span className={styles.state}>
            {estimate && `counted in ${formatDuration(estimate.elapsedMs)}`}
            <Button kind="quiet" size="small" icon={RotateCw} onPress={again}>
              Count again
            </Button>
          </span>
        )}
      </header>
      {error && !counting && <Callout tone="warn">{sentenceFor(error)}</Callout>}
      {estimate && <Figures estimate={estimate} isOld={isOld} counting={counting} />}
    </section>
  );
}

interface FiguresProps {
  readonly estimate: Estimate;
  readonly isOld: boolean;
  readonly counting: boolean;
}

function Figures({ estimate, isOld, counting }: FiguresProps) {
  const { complete, files, bytes, directories, excluded, unreadable, toSend } = estimate;
  const atLeast = complete ? '' : 'at least ';
  return (
    <div className={styles.body} data-old={isOld}>
      <dl className={styles.figures}>
        <Figure name="Taken" value={`${atLeast}${formatBytes(bytes)}`}>
          {countOf(files, 'file')} in {countOf(directories, 'directory', 'directories')}
        </Figure>
        <Figure
          name="Left out"
          value={`${excluded.complete ? '' : 'at least '}${formatBytes(excluded.bytes)}`}
        >
          {countOf(excluded.files, 'file')}
        </Figure>
        {unreadable.count > 0 && (
          <Figure name="Not readable" value={formatCount(unreadable.count)} bad>
            runs would be partial
          </Figure>
        )}
        {toSend && (
          <Figure
            name="To send now"
            value={`${toSend.complete ? '' : 'at least '}${formatBytes(toSend.bytes)}`}
          >
            {countOf(toSend.files, 'file')} new or changed
          </Figure>
        )}
      </dl>
      {!complete && !counting && (
        <p className={styles.hint}>Not all of it was counted. A run takes all of it, however long that is.</p>
      )}
      <Samples estimate={estimate} />
    </div>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly bad?: boolean;
  readonly children: React.ReactNode;
}

function Figure({ name, value, bad = false, children }: FigureProps) {
  return (
    <div className={styles.figure} data-bad={bad}>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span>{children}</span>
      </dd>
    </div>
  );
}

function Samples({
  estimate: { files, samples, largest, excluded, unreadable },
}: {
  readonly estimate: Estimate;
}) {
  const leftOut = excluded.rules.flatMap((rule) => rule.samples);
  const tabs = [
    {
      ...{ id: 'taken', label: 'Taken' },
      content: <SampleList label="Some of the files that are taken" samples={samples} of={files} />,
    },
    {
      ...{ id: 'largest', label: 'Largest' },
      content: <SampleList label="Largest files" samples={largest} of={largest.length} />,
    },
    ...(leftOut.length > 0
      ? [
          {
            ...{ id: 'out', label: 'Left out' },
            content: <SampleList label="Some of what is left out" samples={leftOut} of={excluded.paths} />,
          },
        ]
      : []),
    ...(unreadable.count > 0
      ? [{ ...{ id: 'unreadable', label: 'Not readable' }, content: <UnreadableList {...unreadable} /> }]
      : []),
  ];
  return files === 0 && tabs.length === 2 ? null : <Tabs label="Samples" tabs={tabs} />;
}
