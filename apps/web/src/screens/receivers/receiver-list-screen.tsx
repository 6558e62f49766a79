import { useQuery } from '@tanstack/react-query';
import { Plus, Server } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { ReceiverCard } from './receiver-card.js';
import styles from './receivers.module.css';

const JoinDialog = lazy(() =>
  import('../fleet/join-dialog.js').then((module) => ({ default: module.JoinDialog })),
);

/** Clients come and go, and that a receiver went silent is in no event. */
const REFRESH_MS = 3_000;

/** What takes files in and keeps them: where each listens, where it writes, and how busy it is. */
export function ReceiverListScreen() {
  const receivers = useQuery({ ...apiQuery('GET /receivers'), refetchInterval: REFRESH_MS });
  const mayAdminister = useMay('administer');
  const [joining, setJoining] = useState(false);
  const add = mayAdminister && (
    <Button kind="primary" icon={Plus} onPress={() => setJoining(true)}>
      Join a receiver
    </Button>
  );
  const body = (): React.ReactNode => {
    if (receivers.isError)
      return (
        <Card>
          <ErrorState error={receivers.error} onRetry={() => void receivers.refetch()} />
        </Card>
      );
    if (receivers.isPending)
      return (
        <Card padding="none">
          <SkeletonRows what="receivers" />
        </Card>
      );
    if (receivers.data.items.length === 0)
      return (
        <Card>
          <EmptyState
            icon={Server}
            title="A receiver takes files in and keeps them in its target directory"
            action={add}
          >
            None has announced itself yet.
          </EmptyState>
        </Card>
      );
    return (
      <ul className={styles.cards}>
        {receivers.data.items.map((receiver) => (
          <li key={receiver.receiverId}>
            <ReceiverCard receiver={receiver} />
          </li>
        ))}
      </ul>
    );
  };
  return (
    <Page title="Receivers" actions={add}>
      {body()}
      <Suspense fallback={null}>
        {joining && <JoinDialog joiner="receiver" onClose={() => setJoining(false)} />}
      </Suspense>
    </Page>
  );
}
