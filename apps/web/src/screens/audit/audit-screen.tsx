import type { AuditEntry } from '@periodic-backup/contracts/http';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { ScrollText, X } from 'lucide-react';
import { apiPages } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { FilterBar } from '../../design/filter/filter-bar.js';
import { FilterChips } from '../../design/filter/filter-chips.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import type { Column } from '../../design/table/column.js';
import { DataTable } from '../../design/table/data-table.js';
import { RelativeTime } from '../../design/time/relative-time.js';
import { AuditEntryDialog } from './audit-entry-dialog.js';
import { VerifyAudit } from './verify-audit.js';
import styles from './audit.module.css';

/** Beginnings of actions, as the API names them, and words for them. */
const SUBJECTS = [
  { id: 'plan', label: 'Plans' },
  { id: 'snapshot', label: 'Snapshots' },
  { id: 'agent', label: 'Agents' },
  { id: 'receiver', label: 'Receivers' },
  { id: 'user', label: 'Users' },
  { id: 'token', label: 'Tokens' },
  { id: 'session', label: 'Log-ins' },
  { id: 'refused', label: 'Refused' },
] as const;

/** Who changed what, restored what, and was refused what. */
export function AuditScreen() {
  const { actor, action, entry } = useSearch({ from: '/shell/audit' });
  const navigate = useNavigate({ from: '/audit' });
  const entries = useInfiniteQuery(apiPages('GET /audit', { query: { limit: 100, actor, action } }));
  const rows = entries.data?.pages.flatMap(({ items }) => items) ?? [];
  const shown = rows.find(({ sequence }) => String(sequence) === entry);
  const filtered = actor !== undefined || action !== undefined;
  const body = (): React.ReactNode => {
    if (entries.isError) return <ErrorState error={entries.error} onRetry={() => void entries.refetch()} />;
    if (entries.isPending) return <SkeletonRows what="the audit log" />;
    if (rows.length === 0)
      return (
        <EmptyState
          icon={ScrollText}
          title={filtered ? 'No entry fits' : 'Nothing was changed yet'}
          action={
            filtered && (
              <Button onPress={() => void navigate({ search: {}, replace: true })}>Show all entries</Button>
            )
          }
        />
      );
    return (
      <DataTable
        label="Audit log"
        columns={columns}
        rows={rows}
        rowKey={({ sequence }) => String(sequence)}
        rowLink={({ sequence }) => ({
          to: '/audit',
          search: { actor, action, entry: String(sequence) },
          resetScroll: false,
        })}
        compact={(row) => (
          <>
            <span className={styles.top}>
              <Action action={row.action} />
              <RelativeTime at={row.at} inRow />
            </span>
            <span className={styles.second}>
              <span className={styles.actor}>{row.actor}</span>
              <code className={styles.object}>{row.object}</code>
            </span>
          </>
        )}
        onReachEnd={entries.hasNextPage ? () => void entries.fetchNextPage() : undefined}
        loadingMore={entries.isFetchingNextPage}
      />
    );
  };
  return (
    <Page title="Audit" actions={<VerifyAudit />}>
      <FilterBar
        aside={
          actor !== undefined && (
            <Button
              size="small"
              icon={X}
              onPress={() => void navigate({ search: { action }, replace: true })}
            >
              By {actor}
            </Button>
          )
        }
      >
        <FilterChips
          label="About"
          chips={SUBJECTS}
          chosen={SUBJECTS.filter(({ id }) => id === action).map(({ id }) => id)}
          onPress={(id) =>
            void navigate({ search: { actor, action: id === action ? undefined : id }, replace: true })
          }
        />
      </FilterBar>
      <Card padding="none">{body()}</Card>
      {shown && (
        <AuditEntryDialog
          entry={shown}
          onClose={() => void navigate({ search: { actor, action }, replace: true, resetScroll: false })}
        />
      )}
    </Page>
  );
}

const columns: readonly Column<AuditEntry>[] = [
  {
    ...{ id: 'at', header: 'When', width: '6.5rem' },
    cell: ({ at }) => <RelativeTime at={at} inRow />,
  },
  {
    ...{ id: 'actor', header: 'Who', width: 'minmax(7rem, 0.8fr)' },
    cell: ({ actor }) => <span className={styles.strong}>{actor}</span>,
  },
  {
    ...{ id: 'action', header: 'What', width: 'minmax(8rem, 0.8fr)' },
    cell: ({ action }) => <Action action={action} />,
  },
  {
    ...{ id: 'object', header: 'Of', width: 'minmax(8rem, 1fr)' },
    cell: ({ object }) => <code className={styles.code}>{object}</code>,
  },
  {
    ...{ id: 'detail', header: 'More', width: 'minmax(10rem, 2fr)', dropBelow: 900 },
    cell: ({ detail }) => <code className={styles.code}>{detailInWords(detail)}</code>,
  },
  {
    ...{ id: 'via', header: 'By', width: 'minmax(6rem, 0.6fr)', dropBelow: 1100 },
    cell: ({ via, address }) => (
      <span className={styles.muted}>{address === null ? via : `${via}, ${address}`}</span>
    ),
  },
  {
    ...{ id: 'sequence', header: 'No.', width: '4.5rem', align: 'end', dropBelow: 760 },
    cell: ({ sequence }) => <span className={styles.muted}>{sequence}</span>,
  },
];

function Action({ action }: { readonly action: string }) {
  return (
    <span className={styles.action} data-refused={action.startsWith('refused.')}>
      {action}
    </span>
  );
}

function detailInWords(detail: AuditEntry['detail']): string {
  return Object.entries(detail)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ');
}
