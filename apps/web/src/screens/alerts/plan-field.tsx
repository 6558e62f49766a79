import { useQuery } from '@tanstack/react-query';
import { apiQuery } from '../../api/queries.js';
import { ComboBox } from '../../design/field/combo-box.js';

const OFFERED = 500;

export interface PlanFieldProps {
  readonly label: string;
  readonly planId: string | null;
  readonly onChange: (planId: string) => void;
  readonly error?: string | undefined;
}

/** One plan, found by letters of its name. */
export function PlanField({ label, planId, onChange, error }: PlanFieldProps) {
  const plans = useQuery(apiQuery('GET /plans', { query: { limit: OFFERED, sort: 'name' } }));
  const options = (plans.data?.items ?? []).map(({ id, name, agentId }) => ({
    id,
    label: name,
    detail: agentId,
  }));
  return (
    <ComboBox
      // Its options are those it began with.
      key={options.length}
      label={label}
      options={options}
      value={planId}
      error={error}
      onChange={(id) => {
        if (id !== null) onChange(id);
      }}
    />
  );
}
