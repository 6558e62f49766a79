import { useQuery } from '@tanstack/react-query';
import { Network, Plus, Server } from 'lucide-react';
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

const StartReceiverDialog = lazy(() => import('./start-receiver-dialog.js'));

/** Clients come and go, and that a receiver went silent is in no event. */
const REFRESH_MS = 3_000;

/** What takes files in and keeps them: where each listens, where it writes, and how busy it is. */
export function ReceiverListScreen() {
  const receivers = useQuery({ ...apiQuery('GET /receivers'), refetchInterval: REFRESH_MS });
  const mayAdminister = useMay('administer');
  const surroundings = useQuery(apiQuery('GET /surroundings'));
  const [adding, setAdding] = useState<'start' | 'join' | null>(null);
  const here = surroundings.data?.canStartReceivers ? surroundings.data.here : null;
  const add = mayAdminister && (
    <>
      {here && (
        <Button kind="primary" icon={Plus} onPress={() => setAdding('start')}>
          Start a receiver
        </Button>
      )}
      <Button kind={here ? 'plain' : 'primary'} icon={Network} onPress={() => setAdding('join')}>
        Join a receiver
      </Button>
    </>
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
        {adding === 'join' && <JoinDialog joiner="receiver" onClose={() => setAdding(null)} />}
        {adding === 'start' && here && <StartReceiverDialog here={here} onClose={() => setAdding(null)} />}
      </Suspense>
    </Page>
  );
}
