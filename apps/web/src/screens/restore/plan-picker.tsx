import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { CalendarClock } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { ButtonLink } from '../../design/button/button-link.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { ComboBox } from '../../design/field/combo-box.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import styles from './restore.module.css';

/** Where a restore begins that no snapshot was named for. */
export function PlanPicker() {
  const navigate = useNavigate({ from: '/restore' });
  const plans = useQuery(apiQuery('GET /plans', { query: { limit: 500, sort: 'name' } }));
  const body = (): React.ReactNode => {
    if (plans.isError) return <ErrorState error={plans.error} onRetry={() => void plans.refetch()} />;
    if (plans.isPending) return <SkeletonRows what="plans" rows={2} />;
    if (plans.data.items.length === 0)
      return (
        <EmptyState
          icon={CalendarClock}
          title="Without a plan nothing was backed up"
          action={
            <ButtonLink to="/plans/new" kind="primary">
              New plan
            </ButtonLink>
          }
        />
      );
    return (
      <div className={styles.fields}>
        <ComboBox
          label="Plan"
          options={plans.data.items.map(({ id, name, agentId, sourceDir }) => ({
            ...{ id, label: name },
            detail: `${agentId} ${sourceDir}`,
          }))}
          value={null}
          onChange={(plan) => plan !== null && void navigate({ search: { plan } })}
          placeholder="Type a part of its name"
        />
        <p className={styles.words}>
          To restore single files, or files of a plan or an agent that is gone, choose them among the{' '}
          <Link to="/snapshots">snapshots</Link>.
        </p>
      </div>
    );
  };
  return (
    <Page title="Restore" width="narrow">
      <Card title="Whose files are wanted back?">{body()}</Card>
    </Page>
  );
}
