import type { TokenView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { KeyRound, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useAction } from '../../api/use-action.js';
import { Button } from '../../design/button/button.js';
import { ConfirmDialog } from '../../design/dialog/confirm-dialog.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { countOf } from '../../format/sizes.js';
import { roleInWords } from './role-words.js';
import { SettingsTabs } from './settings-tabs.js';
import styles from './settings.module.css';

const TokenDialog = lazy(() =>
  import('./token-dialog.js').then((module) => ({ default: module.TokenDialog })),
);

const columns: readonly Column<TokenView>[] = [
  {
    ...{ id: 'name', header: 'Token', width: 'minmax(9rem, 1.2fr)' },
    cell: ({ name, kind }) => (
      <>
        <span className={styles.strong}>{name}</span>
        {kind === 'cli' && <span className={styles.muted}> pbk login</span>}
      </>
    ),
  },
  {
    ...{ id: 'owner', header: 'Of', width: 'minmax(6rem, 0.7fr)', dropBelow: 760 },
    cell: ({ userName }) => userName ?? <span className={styles.muted}>this installation</span>,
  },
  {
    ...{ id: 'may', header: 'May', width: 'minmax(8rem, 1fr)' },
    cell: ({ role, granted, planIds }) =>
      `${roleInWords(role, granted)}${planIds === null ? '' : `, ${countOf(planIds.length, 'plan')}`}`,
  },
  {
    ...{ id: 'used', header: 'Last used', width: '7rem', align: 'end' },
    cell: ({ lastUsedAt }) => (lastUsedAt ? <RelativeTime at={lastUsedAt} inRow /> : 'never'),
  },
  {
    ...{ id: 'expires', header: 'Ends', width: '6.5rem', align: 'end', dropBelow: 700 },
    cell: ({ expiresAt }) => <RelativeTime at={expiresAt} inRow />,
  },
];

/** What programs show to the API. */
export function TokensScreen() {
  const tokens = useQuery(apiQuery('GET /tokens', { query: {} }));
  const [adding, setAdding] = useState(false);
  const [revoked, setRevoked] = useState<TokenView | null>(null);
  const newToken = (
    <Button kind="primary" icon={Plus} onPress={() => setAdding(true)}>
      New token
    </Button>
  );
  const deed = (token: TokenView, active = true): React.ReactNode => (
    <Button
      size="small"
      excludeFromTabOrder={!active}
      aria-label={`Revoke ${token.name}`}
      onPress={() => setRevoked(token)}
    >
      Revoke
    </Button>
  );
  const body = (): React.ReactNode => {
    if (tokens.isError) return <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />;
    if (tokens.isPending) return <SkeletonRows what="tokens" />;
    if (tokens.data.items.length === 0)
      return (
        <EmptyState icon={KeyRound} title="Programs show a token to the API" action={newToken}>
          There is none yet.
        </EmptyState>
      );
    return (
      <DataTable
        label="Tokens"
        columns={[...columns, { id: 'deed', header: '', width: '5.5rem', align: 'end', cell: deed }]}
        rows={tokens.data.items}
        rowKey={({ id }) => id}
        compact={(token) => (
          <>
            <span className={styles.top}>
              <span className={styles.strong}>{token.name}</span>
              {deed(token)}
            </span>
            <span className={styles.second}>
              {roleInWords(token.role, token.granted)}
              <span>
                ends <RelativeTime at={token.expiresAt} inRow />
              </span>
            </span>
          </>
        )}
      />
    );
  };
  return (
    <Page title="Settings" tabs={<SettingsTabs />} actions={newToken}>
      <Card padding="none">{body()}</Card>
      <Suspense fallback={null}>{adding && <TokenDialog onClose={() => setAdding(false)} />}</Suspense>
      {revoked && <RevokeToken token={revoked} onClose={() => setRevoked(null)} />}
    </Page>
  );
}

function RevokeToken({
  token: { id, name },
  onClose,
}: {
  readonly token: TokenView;
  readonly onClose: () => void;
}) {
  const revoke = useAction('DELETE /tokens/{id}', {
    done: `The token "${name}" is worth nothing any more`,
    failed: 'The token was not revoked',
    refreshes: ['GET /tokens'],
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Revoke the token "${name}"?`}
      confirm="Revoke token"
      danger
      pending={revoke.isPending}
      onConfirm={() => revoke.mutate({ params: { id } }, { onSettled: onClose })}
    >
      Programs that use it are refused from now on.
    </ConfirmDialog>
  );
}
