import { Skeleton, SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import styles from './verdict.module.css';

/** The shape of the answer, while it is on its way. */
export function OverviewSkeleton() {
  return (
    <div style={{ display: 'grid', gap: 'var(--space-4)' }}>
      <div className={styles.verdict}>
        <span className={styles.mark}>
          <Skeleton width="1.5rem" height="1.5rem" />
        </span>
        <div className={styles.words}>
          <Skeleton width="14rem" height="1.25rem" />
          <Skeleton width="26rem" />
        </div>
      </div>
      <Card padding="none">
        <SkeletonRows what="the overview" />
      </Card>
    </div>
  );
}
