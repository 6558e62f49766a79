import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { FilterBar } from '../../design/filter/filter-bar.js';
import { FilterChips } from '../../design/filter/filter-chips.js';
import { runLooks } from '../../design/state/states.js';
import { RUN_KINDS, RUN_STATES } from './run-list-search.js';

/** What is looked for among the runs; all of it stands in the address. */
export function RunFilters() {
  const search = useSearch({ from: '/shell/runs' });
  const navigate = useNavigate({ from: '/runs' });
  const change = (part: Partial<typeof search>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const chosen = search.state ?? [];
  return (
    <FilterBar
      aside={
        <>
          {search.plan !== undefined && (
            <PlanFilter planId={search.plan} onClear={() => change({ plan: undefined })} />
          )}
          {search.agent !== undefined && (
            <Button size="small" icon={X} onPress={() => change({ agent: undefined })}>
              Agent {search.agent}
            </Button>
          )}
        </>
      }
    >
      <FilterChips
        label="State"
        chips={RUN_STATES.map((state) => ({ id: state, label: runLooks[state].word, look: runLooks[state] }))}
        chosen={chosen}
        onPress={(state) => {
          const states = chosen.includes(state) ? chosen.filter((one) => one !== state) : [...chosen, state];
          change({ state: states.length > 0 ? states : undefined });
        }}
      />
      <FilterChips
        label="Kind"
        chips={RUN_KINDS.map((kind) => ({ id: kind, label: kind }))}
        chosen={search.kind ? [search.kind] : []}
        onPress={(kind) => change({ kind: kind === search.kind ? undefined : kind })}
      />
    </FilterBar>
  );
}

function PlanFilter({ planId, onClear }: { readonly planId: string; readonly onClear: () => void }) {
  const plan = useQuery(apiQuery('GET /plans/{id}', { params: { id: planId } }));
  return (
    <Button size="small" icon={X} onPress={onClear}>
      Plan {plan.data?.name}
    </Button>
  );
}
