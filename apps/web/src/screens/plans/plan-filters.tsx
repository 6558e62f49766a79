import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { X } from 'lucide-react';
import { useCallback } from 'react';
import { apiQuery } from '../../api/queries.js';
import { useTypedSearch } from '../../app/use-typed-search.js';
import { Button } from '../../design/button/button.js';
import { SearchField } from '../../design/field/search-field.js';
import { FilterBar } from '../../design/filter/filter-bar.js';
import { FilterChips } from '../../design/filter/filter-chips.js';
import { healthLooks } from '../../design/state/states.js';
import { countOf } from '../../format/sizes.js';
import { HEALTH_WORST_FIRST } from './plan-list-search.js';

/** What is looked for among the plans; all of it stands in the address. */
export function PlanFilters({ total }: { readonly total: number | undefined }) {
  const search = useSearch({ from: '/shell/plans' });
  const navigate = useNavigate({ from: '/plans' });
  // The counts alone: one plan of the page is the least the API answers with.
  const health = useQuery(apiQuery('GET /plan-health', { query: { limit: 1 } }));
  const vaults = useQuery({ ...apiQuery('GET /vaults'), enabled: search.vault !== undefined });
  const change = useCallback(
    (part: Partial<typeof search>) =>
      void navigate({ search: (before) => ({ ...before, ...part }), replace: true }),
    [navigate],
  );
  const [text, type] = useTypedSearch(
    search.find,
    useCallback((find) => change({ find }), [change]),
  );
  const counts = health.data?.counts;
  const vaultName = vaults.data?.items.find(({ id }) => id === search.vault)?.name;
  return (
    <FilterBar aside={total === undefined ? null : countOf(total, 'plan')}>
      <SearchField label="Find a plan" placeholder="Name, agent or directory" value={text} onChange={type} />
      <FilterChips
        label="Health"
        chips={HEALTH_WORST_FIRST.filter(
          (state) => state === search.health || (counts?.[state] ?? 0) > 0,
        ).map((state) => ({
          ...{ id: state, label: healthLooks[state].word, look: healthLooks[state] },
          count: counts?.[state],
        }))}
        chosen={search.health ? [search.health] : []}
        onPress={(state) => change({ health: state === search.health ? undefined : state })}
      />
      {search.agent !== undefined && (
        <Button size="small" icon={X} onPress={() => change({ agent: undefined })}>
          Agent {search.agent}
        </Button>
      )}
      {search.vault !== undefined && (
        <Button size="small" icon={X} onPress={() => change({ vault: undefined })}>
          Vault {vaultName}
        </Button>
      )}
    </FilterBar>
  );
}
