import type { RetentionPreview } from '@periodic-backup/contracts/http';
import { Pin, TriangleAlert } from 'lucide-react';
import { formatExact } from '../../format/instants.js';
import { countOf } from '../../format/sizes.js';
import { UsageBar } from '../../design/progress/progress-bar.js';
import { Fold } from '../../design/layout/fold.js';
import styles from './retention-outcome.module.css';

/** Which of the snapshots that are there would go, which stay, and by which rules. */
export function RetentionOutcome({ preview }: { readonly preview: RetentionPreview }) {
  const { sentences, goes, stays, rules, items, nextCursor } = preview;
  const all = goes.count + stays.count;
  return (
    <section
      className={styles.outcome}
      aria-label="What that does to the snapshots there are"
      aria-live="polite"
    >
      <UsageBar
        label="Snapshots that stay"
        share={all === 0 ? 1 : stays.count / all}
        value={`${stays.count} of ${all}`}
        tone={goes.count > 0 ? 'warn' : 'ok'}
      />
      <div className={styles.words}>
        {sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      {rules.length > 0 && (
        <ul className={styles.rules} aria-label="Snapshots that each rule wants">
          {rules.map(({ rule, snapshots }) => (
            <li key={rule}>
              {rule} <strong>{snapshots}</strong>
            </li>
          ))}
        </ul>
      )}
      {all > 0 && (
        <Fold title="Every snapshot and why" summary={countOf(all, 'snapshot')} startsOpen={goes.count > 0}>
          <div className={styles.frame} tabIndex={0} role="region" aria-label="Snapshots and why they stay">
            <ul className={styles.list}>
              {items.map(({ snapshot, committedAt, pinned, good, keptBy, removable }) => (
                <li key={snapshot} className={styles.item} data-goes={removable}>
                  <span className={styles.when}>{formatExact(new Date(committedAt))}</span>
                  <span className={styles.why}>
                    {pinned && <Pin size={13} aria-label="pinned" />}
                    {!good && <TriangleAlert size={13} aria-label="damaged" />}
                    {removable ? <strong>goes</strong> : keptBy.join(', ') || 'stays'}
                  </span>
                </li>
              ))}
            </ul>
            {nextCursor !== null && (
              <p className={styles.rest}>
                The newest {items.length} of {all}.
              </p>
            )}
          </div>
        </Fold>
      )}
    </section>
  );
}
