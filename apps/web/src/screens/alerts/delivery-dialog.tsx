import type { AlertDelivery } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { Dialog } from '../../design/dialog/dialog.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Fact, Facts } from '../../design/page/facts.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import styles from './alerts.module.css';

const REFRESH_MS = 3000;

/** A message: what the other side said at each attempt. */
export function DeliveryDialog({
  deliveryId,
  onClose,
}: {
  readonly deliveryId: string;
  readonly onClose: () => void;
}) {
  const delivery = useQuery({
    ...apiQuery('GET /alert-deliveries/{id}', { params: { id: deliveryId } }),
    refetchInterval: ({ state: { data } }) => (data?.state === 'pending' ? REFRESH_MS : false),
  });
  return (
    <Dialog isOpen onClose={onClose} title="Message" size="large">
      {delivery.data ? (
        <Attempts delivery={delivery.data} />
      ) : delivery.error ? (
        <ErrorState error={delivery.error} onRetry={() => void delivery.refetch()} />
      ) : (
        <SkeletonRows what="the message" />
      )}
    </Dialog>
  );
}

function Attempts({ delivery }: { readonly delivery: AlertDelivery }) {
  const { title, channelName, createdAt, nextAttemptAt, attempts } = delivery;
  return (
    <div className={styles.stack}>
      <p className={styles.strong}>{title}</p>
      <Facts>
        <Fact name="Channel">{channelName}</Fact>
        <Fact name="Made">
          <RelativeTime at={createdAt} />
        </Fact>
        {nextAttemptAt !== null && (
          <Fact name="Next attempt">
            <RelativeTime at={nextAttemptAt} />
          </Fact>
        )}
      </Facts>
      <ol className={styles.attempts}>
        {attempts.map(({ at, ok, result }) => (
          <li key={at} className={styles.attempt}>
            {ok ? (
              <CircleCheck size={15} className={styles.ok} aria-label="Succeeded" />
            ) : (
              <CircleX size={15} className={styles.bad} aria-label="Failed" />
            )}
            <span>{result}</span>
            <span className={styles.muted}>
              <RelativeTime at={at} />
            </span>
          </li>
        ))}
      </ol>
    </div>
  );
}
