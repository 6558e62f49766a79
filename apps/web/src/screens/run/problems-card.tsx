import type { RunDetail, RunProblem } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { apiPages } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Callout } from '../../design/feedback/callout.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { Card } from '../../design/page/card.js';
import { Sentence } from '../../design/time/sentence.js';
import { countOf } from '../../format/sizes.js';
import styles from './run.module.css';

const PAGE = 50;

/** What went wrong, first of all: the failure of the run, and each file that was not stored as it should. */
export function ProblemsCard({ run }: { readonly run: RunDetail }) {
  return (
    <>
      {run.error && run.state !== 'committed' && (
        <Callout tone="bad" title={run.state === 'running' ? 'The last attempt failed' : 'The run failed'}>
          <Sentence text={run.error.message} /> <code className={styles.code}>{run.error.code}</code>
          {run.error.retryable ? ' It may go better the next time.' : ''}
        </Callout>
      )}
      <FailedFiles run={run} />
    </>
  );
}

function FailedFiles({ run }: { readonly run: RunDetail }) {
  const problems = useInfiniteQuery(
    apiPages('GET /runs/{id}/problems', { params: { id: run.id }, query: { limit: PAGE } }),
  );
  const rows = problems.data?.pages.flatMap(({ items }) => items) ?? [];
  if (problems.isError)
    return (
      <Card title="Files with a problem">
        <ErrorState error={problems.error} onRetry={() => void problems.refetch()} />
      </Card>
    );
  if (rows.length === 0) return null;
  return (
    <Card
      title={`${countOf(Math.max(run.counts.filesFailed, rows.length), 'file or directory', 'files or directories')} with a problem`}
      padding="none"
    >
      <ul className={styles.problems} aria-label="Files with a problem">
        {rows.map((problem) => (
          <Problem key={`${problem.code} ${problem.path}`} problem={problem} />
        ))}
      </ul>
      {problems.hasNextPage && (
        <div className={styles.more}>
          <Button
            size="small"
            pending={problems.isFetchingNextPage}
            onPress={() => void problems.fetchNextPage()}
          >
            Show more
          </Button>
        </div>
      )}
    </Card>
  );
}

function Problem({ problem: { path, code, message } }: { readonly problem: RunProblem }) {
  return (
    <li className={styles.problem}>
      <span className={styles.failed}>{path}</span>
      <span className={styles.words}>{message}</span>
      <code className={styles.code}>{code}</code>
    </li>
  );
}
