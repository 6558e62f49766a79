import type { AlertChannelView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Megaphone, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { AlertChannelCard } from './alert-channel-card.js';
import { AlertTabs } from './alert-tabs.js';
import styles from './alerts.module.css';

const ChannelDialog = lazy(() =>
  import('./alert-channel-dialog.js').then((module) => ({ default: module.AlertChannelDialog })),
);

/** Where alerts go. */
export function AlertChannelsScreen() {
  const channels = useQuery(apiQuery('GET /alert-channels'));
  const mayChange = useMay('administer');
  const [edited, setEdited] = useState<AlertChannelView | 'new' | null>(null);
  const newChannel = mayChange && (
    <Button kind="primary" icon={Plus} onPress={() => setEdited('new')}>
      New channel
    </Button>
  );
  const body = (): React.ReactNode => {
    if (channels.isError)
      return (
        <Card>
          <ErrorState error={channels.error} onRetry={() => void channels.refetch()} />
        </Card>
      );
    if (channels.isPending)
      return (
        <Card padding="none">
          <SkeletonRows what="channels" />
        </Card>
      );
    if (channels.data.items.length === 0)
      return (
        <Card>
          <EmptyState
            icon={Megaphone}
            title="A channel brings alerts to people: by e-mail, a webhook, ntfy or a heartbeat"
            action={newChannel}
          >
            Without one they are told here only.
          </EmptyState>
        </Card>
      );
    return (
      <div className={styles.cards}>
        {channels.data.items.map((channel) => (
          <AlertChannelCard key={channel.id} channel={channel} onEdit={() => setEdited(channel)} />
        ))}
      </div>
    );
  };
  return (
    <Page title="Alerts" tabs={<AlertTabs />} actions={newChannel}>
      {body()}
      <Suspense fallback={null}>
        {edited && (
          <ChannelDialog channel={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
        )}
      </Suspense>
    </Page>
  );
}
