import type { RunDetail } from '@periodic-backup/contracts/http';
import { Link } from '@tanstack/react-router';
import { Card } from '../../design/page/card.js';
import { formatDuration } from '../../format/durations.js';
import { formatBytes, formatCount } from '../../format/sizes.js';
import styles from './run.module.css';

interface Row {
  readonly name: string;
  readonly hint: string;
  readonly now: number | null;
  readonly before: number | null;
  readonly words: (value: number) => string;
}

/** What a run moved, beside the one before it. */
export function CountsCard({ run }: { readonly run: RunDetail }) {
  const { counts, previous } = run;
  const was = previous?.counts;
  const row = (name: string, hint: string, key: keyof typeof counts, words: Row['words']): Row => ({
    ...{ name, hint, words },
    now: counts[key],
    before: was?.[key] ?? null,
  });
  const rows: readonly Row[] = [
    row('Entries', 'files, directories and links that were walked', 'entries', formatCount),
    row('Files', 'regular files that were seen', 'files', formatCount),
    row('Read', 'from the source', 'bytesRead', formatBytes),
    row('Sent', 'over the wire, all attempts together', 'bytesSent', formatBytes),
    row('New in the vault', 'content it did not have yet', 'bytesStored', formatBytes),
    row('With a problem', 'files and directories', 'filesFailed', formatCount),
    {
      ...{ name: 'Took', hint: 'from start to end', now: run.durationMs, words: formatDuration },
      before: previous?.durationMs ?? null,
    },
  ];
  return (
    <Card title="What it moved" padding="none">
      <table className={styles.counts}>
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">Count</span>
            </th>
            <th scope="col">This run</th>
            <th scope="col">
              {previous ? (
                <Link to="/runs/$runId" params={{ runId: previous.runId }}>
                  The run before
                </Link>
              ) : (
                'The run before'
              )}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, hint, now, before, words }) => (
            <tr key={name}>
              <th scope="row">
                {name} <span className={`${styles.words} ${styles.hint}`}>{hint}</span>
              </th>
              <td>{now === null ? '–' : words(now)}</td>
              <td className={styles.words}>{before === null ? '–' : words(before)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
