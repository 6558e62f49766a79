import { useQuery } from '@tanstack/react-query';
import { Database } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { VaultCard } from './vault-card.js';
import styles from './vaults.module.css';

const REFRESH_MS = 30_000;

/** Where snapshots live: how much room there is, and for how long it will do. */
export function VaultListScreen() {
  const vaults = useQuery({ ...apiQuery('GET /vaults'), refetchInterval: REFRESH_MS });
  const body = (): React.ReactNode => {
    if (vaults.isError)
      return (
        <Card>
          <ErrorState error={vaults.error} onRetry={() => void vaults.refetch()} />
        </Card>
      );
    if (vaults.isPending)
      return (
        <Card padding="none">
          <SkeletonRows what="vaults" />
        </Card>
      );
    if (vaults.data.items.length === 0)
      return (
        <Card>
          <EmptyState
            icon={Database}
            title="A vault is where snapshots live; its first receiver brings it"
            action={<ButtonLink to="/receivers">Show receivers</ButtonLink>}
          />
        </Card>
      );
    return (
      <div className={styles.cards}>
        {vaults.data.items.map((vault) => (
          <VaultCard key={vault.id} vault={vault} />
        ))}
      </div>
    );
  };
  return <Page title="Vaults">{body()}</Page>;
}
