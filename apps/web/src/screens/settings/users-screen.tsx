import type { UserView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { Pencil, Trash2, UserPlus, Users } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { sessionQuery } from '../../api/session.js';
import { useAction } from '../../api/use-action.js';
import { useMay } from '../../api/use-may.js';
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
import { formatCount } from '../../format/sizes.js';
import { roleInWords } from './role-words.js';
import { SettingsTabs } from './settings-tabs.js';
import styles from './settings.module.css';

const UserDialog = lazy(() => import('./user-dialog.js').then((module) => ({ default: module.UserDialog })));

/** Who may log in, and what each may do. */
export function UsersScreen() {
  const users = useQuery(apiQuery('GET /users'));
  const mayChange = useMay('administer');
  const [edited, setEdited] = useState<UserView | 'new' | null>(null);
  const [removed, setRemoved] = useState<UserView | null>(null);
  const rows = users.data?.items ?? [];
  const newUser = mayChange && (
    <Button kind="primary" icon={UserPlus} onPress={() => setEdited('new')}>
      New user
    </Button>
  );
  const deeds = (user: UserView, active = true): React.ReactNode => (
    <span className={styles.deeds}>
      <Button
        kind="quiet"
        size="small"
        icon={Pencil}
        excludeFromTabOrder={!active}
        aria-label={`Change ${user.name}`}
        onPress={() => setEdited(user)}
      />
      <Button
        kind="quiet"
        size="small"
        icon={Trash2}
        excludeFromTabOrder={!active}
        aria-label={`Delete ${user.name}`}
        onPress={() => setRemoved(user)}
      />
    </span>
  );
  const body = (): React.ReactNode => {
    if (users.isError) return <ErrorState error={users.error} onRetry={() => void users.refetch()} />;
    if (users.isPending) return <SkeletonRows what="users" />;
    if (rows.length === 0)
      return (
        <EmptyState
          icon={Users}
          title="Nobody has to log in yet: whoever is on this machine may do everything"
          action={newUser}
        >
          Once there is a user, everybody logs in. The first one is an admin.
        </EmptyState>
      );
    return (
      <DataTable
        label="Users"
        columns={[...columns, { id: 'deeds', header: '', width: '5rem', align: 'end', cell: deeds }]}
        rows={rows}
        rowKey={({ id }) => id}
        compact={(user) => (
          <>
            <span className={styles.top}>
              <span className={styles.strong}>{user.name}</span>
              {deeds(user)}
            </span>
            <span className={styles.second}>
              {roleInWords(user.role, user.granted)}
              {user.lastLoginAt && <RelativeTime at={user.lastLoginAt} inRow />}
            </span>
          </>
        )}
      />
    );
  };
  return (
    <Page title="Settings" tabs={<SettingsTabs />} actions={newUser}>
      <Card padding="none">{body()}</Card>
      <Suspense fallback={null}>
        {edited && (
          <UserDialog
            user={edited === 'new' ? null : edited}
            isFirst={rows.length === 0}
            onClose={() => setEdited(null)}
          />
        )}
      </Suspense>
      {removed && <RemoveUser user={removed} onClose={() => setRemoved(null)} />}
    </Page>
  );
}

const columns: readonly Column<UserView>[] = [
  {
    ...{ id: 'name', header: 'Name', width: 'minmax(8rem, 1fr)' },
    cell: ({ name }) => <UserName name={name} />,
  },
  {
    ...{ id: 'role', header: 'May', width: 'minmax(9rem, 1.4fr)' },
    cell: ({ role, granted }) => roleInWords(role, granted),
  },
  {
    ...{ id: 'sessions', header: 'Logged in', width: '6rem', align: 'end', dropBelow: 760 },
    cell: ({ sessions }) => (sessions === 0 ? '–' : formatCount(sessions)),
  },
  {
    ...{ id: 'last', header: 'Last log-in', width: '7rem', align: 'end' },
    cell: ({ lastLoginAt }) => (lastLoginAt ? <RelativeTime at={lastLoginAt} inRow /> : 'never'),
  },
  {
    ...{ id: 'made', header: 'Since', width: '6rem', align: 'end', dropBelow: 860 },
    cell: ({ createdAt }) => <RelativeTime at={createdAt} inRow />,
  },
];

function UserName({ name }: { readonly name: string }) {
  const { data } = useQuery(sessionQuery);
  return (
    <span className={styles.strong}>
      {name}
      {data?.user?.name === name && <span className={styles.muted}> (you)</span>}
    </span>
  );
}

function RemoveUser({
  user: { id, name },
  onClose,
}: {
  readonly user: UserView;
  readonly onClose: () => void;
}) {
  const remove = useAction('DELETE /users/{id}', {
    done: `${name} may log in no more`,
    failed: `${name} was not deleted`,
    refreshes: ['GET /users', 'GET /tokens'],
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={`Delete the user "${name}"?`}
      confirm="Delete user"
      danger
      pending={remove.isPending}
      onConfirm={() => remove.mutate({ params: { id } }, { onSettled: onClose })}
    >
      Their sessions and tokens end at once. What they did stays in the audit log.
    </ConfirmDialog>
  );
}
