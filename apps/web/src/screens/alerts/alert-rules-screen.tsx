import type { AlertRule } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { BellRing, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { Button } from '../../design/button/button.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { AlertRuleCard } from './alert-rule-card.js';
import { AlertTabs } from './alert-tabs.js';
import styles from './alerts.module.css';

const RuleDialog = lazy(() =>
  import('./alert-rule-dialog.js').then((module) => ({ default: module.AlertRuleDialog })),
);

/** What is watched, and who is told. */
export function AlertRulesScreen() {
  const rules = useQuery(apiQuery('GET /alert-rules'));
  const mayChange = useMay('administer');
  const [edited, setEdited] = useState<AlertRule | 'new' | null>(null);
  const newRule = mayChange && (
    <Button kind="primary" icon={Plus} onPress={() => setEdited('new')}>
      New rule
    </Button>
  );
  const body = (): React.ReactNode => {
    if (rules.isError)
      return (
        <Card>
          <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />
        </Card>
      );
    if (rules.isPending)
      return (
        <Card padding="none">
          <SkeletonRows what="rules" />
        </Card>
      );
    if (rules.data.items.length === 0)
      return (
        <Card>
          <EmptyState icon={BellRing} title="Without a rule nobody is told of anything" action={newRule} />
        </Card>
      );
    return (
      <div className={styles.cards}>
        {rules.data.items.map((rule) => (
          <AlertRuleCard key={rule.id} rule={rule} onEdit={() => setEdited(rule)} />
        ))}
      </div>
    );
  };
  return (
    <Page title="Alerts" tabs={<AlertTabs />} actions={newRule}>
      {body()}
      <Suspense fallback={null}>
        {edited && <RuleDialog rule={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />}
      </Suspense>
    </Page>
  );
}
