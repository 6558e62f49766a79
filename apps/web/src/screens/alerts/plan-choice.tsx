import { useQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { apiQuery } from '../../api/queries.js';
import { Button } from '../../design/button/button.js';
import { Checkbox } from '../../design/field/checkbox.js';
import { PlanField } from './plan-field.js';
import styles from './alerts.module.css';

export interface PlanChoiceProps {
  /** Null: all, also future ones. */
  readonly planIds: readonly string[] | null;
  readonly onChange: (planIds: string[] | null) => void;
  readonly error: string | undefined;
}

/** Of which plans. */
export function PlanChoice({ planIds, onChange, error }: PlanChoiceProps) {
  return (
    <fieldset className={styles.checks}>
      <legend>Of which plans</legend>
      <div className={styles.wide}>
        <Checkbox isSelected={planIds === null} onChange={(all) => onChange(all ? null : [])}>
          All plans, also future ones
        </Checkbox>
      </div>
      {planIds !== null && (
        <div className={`${styles.wide} ${styles.stack}`}>
          {planIds.length > 0 && (
            <div className={styles.buttons}>
              {planIds.map((id) => (
                <ChosenPlan
                  key={id}
                  planId={id}
                  onRemove={() => onChange(planIds.filter((one) => one !== id))}
                />
              ))}
            </div>
          )}
          <PlanField
            label="Add a plan"
            planId={null}
            onChange={(id) => {
              if (!planIds.includes(id)) onChange([...planIds, id]);
            }}
          />
        </div>
      )}
      {error && <p className={`${styles.error} ${styles.wide}`}>{error}</p>}
    </fieldset>
  );
}

function ChosenPlan({ planId, onRemove }: { readonly planId: string; readonly onRemove: () => void }) {
  const plan = useQuery(apiQuery('GET /plans/{id}', { params: { id: planId } }));
  return (
    <Button size="small" icon={X} onPress={onRemove} aria-label={`Leave out ${plan.data?.name ?? planId}`}>
      {plan.data?.name ?? '…'}
    </Button>
  );
}
