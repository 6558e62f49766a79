import type { AgentView } from '@periodic-backup/contracts/http';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Laptop, Plus, SearchX } from 'lucide-react';
import { lazy, Suspense, useCallback, useState } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useMay } from '../../api/use-may.js';
import { useTypedSearch } from '../../app/use-typed-search.js';
import { Button } from '../../design/button/button.js';
import { EmptyState } from '../../design/feedback/empty-state.js';
import { ErrorState } from '../../design/feedback/error-state.js';
import { SkeletonRows } from '../../design/feedback/skeleton.js';
import { SearchField } from '../../design/field/search-field.js';
import { FilterBar } from '../../design/filter/filter-bar.js';
import { Card } from '../../design/page/card.js';
import { Page } from '../../design/page/page.js';
import { DataTable } from '../../design/table/data-table.js';
import { formatCount } from '../../format/sizes.js';
import { agentColumns, CompactAgent } from './agent-columns.js';

const AgentDialog = lazy(() =>
  import('./agent-dialog.js').then((module) => ({ default: module.AgentDialog })),
);
const JoinDialog = lazy(() =>
  import('../fleet/join-dialog.js').then((module) => ({ default: module.JoinDialog })),
);

/** That somebody went silent is in no event. */
const REFRESH_MS = 10_000;

/** The machines whose files are backed up. */
export function AgentListScreen() {
  const { find, agent } = useSearch({ from: '/shell/agents' });
  const navigate = useNavigate({ from: '/agents' });
  const agents = useQuery({ ...apiQuery('GET /agents'), refetchInterval: REFRESH_MS });
  const mayInvite = useMay('administer');
  const [joining, setJoining] = useState(false);
  const [text, type] = useTypedSearch(
    find,
    useCallback(
      (words) => void navigate({ search: (before) => ({ ...before, find: words }), replace: true }),
      [navigate],
    ),
  );
  const all = agents.data?.items ?? [];
  const rows = all.filter((one) => fits(one, find));
  const online = all.filter((one) => one.online).length;
  const join = mayInvite && (
    <Button kind="primary" icon={Plus} onPress={() => setJoining(true)}>
      Join a machine
    </Button>
  );
  const body = (): React.ReactNode => {
    if (agents.isError) return <ErrorState error={agents.error} onRetry={() => void agents.refetch()} />;
    if (agents.isPending) return <SkeletonRows what="agents" />;
    if (all.length === 0)
      return (
        <EmptyState
          icon={Laptop}
          title="An agent runs on each machine whose files are to be safe"
          action={join}
        >
          None has announced itself yet.
        </EmptyState>
      );
    if (rows.length === 0)
      return (
        <EmptyState
          icon={SearchX}
          title="No agent fits"
          action={<Button onPress={() => type('')}>Show all agents</Button>}
        />
      );
    return (
      <DataTable
        label="Agents"
        columns={agentColumns}
        rows={rows}
        rowKey={({ agentId }) => agentId}
        rowLink={({ agentId }) => ({ to: '/agents', search: { find, agent: agentId } })}
        compact={(one) => <CompactAgent agent={one} />}
      />
    );
  };
  const close = (): void =>
    void navigate({ search: (before) => ({ ...before, agent: undefined }), replace: true });
  return (
    <Page title="Agents" actions={join}>
      {all.length > 0 && (
        <FilterBar aside={`${formatCount(online)} of ${formatCount(all.length)} online`}>
          <SearchField
            label="Find an agent"
            placeholder="Name, host or directory"
            value={text}
            onChange={type}
          />
        </FilterBar>
      )}
      <Card padding="none">{body()}</Card>
      <Suspense fallback={null}>
        {agent !== undefined && <AgentDialog agentId={agent} onClose={close} />}
        {joining && <JoinDialog joiner="agent" onClose={() => setJoining(false)} />}
      </Suspense>
    </Page>
  );
}

function fits({ agentId, hostname = '', allowedDirs = [] }: AgentView, find: string | undefined): boolean {
  if (find === undefined) return true;
  return [agentId, hostname, ...allowedDirs].some((text) => text.toLowerCase().includes(find.toLowerCase()));
}
