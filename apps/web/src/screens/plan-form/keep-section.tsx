import { NumberField } from '../../design/field/number-field.js';
import { Segments } from '../../design/field/segments.js';
import { Callout } from '../../design/feedback/callout.js';
import { Card } from '../../design/page/card.js';
import { FieldPlace } from './field-place.js';
import { LengthField } from './length-field.js';
import { PERIODS, type Period, type RetentionDraft } from './retention-draft.js';
import { RetentionOutcome } from './retention-outcome.js';
import type { PlanForm } from './use-plan-form.js';
import styles from './plan-form.module.css';

const WAYS = [
  { value: 'all', label: 'Keep every snapshot' },
  { value: 'some', label: 'Thin out older ones' },
] as const;

const LABELS: Readonly<Record<Period, string>> = {
  last: 'Newest',
  hourly: 'Hourly',
  daily: 'Daily',
  weekly: 'Weekly',
  monthly: 'Monthly',
  yearly: 'Yearly',
};

/** Which snapshots stay, and what that does to those that are there. */
export function KeepSection({ form: { draft, set, at, plan, preview } }: { readonly form: PlanForm }) {
  const { retention } = draft;
  const change = (changes: Partial<RetentionDraft>): void => set({ retention: { ...retention, ...changes } });
  const { error, onBlur } = at('retention');
  return (
    <Card title="How long">
      <FieldPlace of="retention">
        <div className={styles.fields}>
          <Segments
            label="Snapshots"
            options={WAYS}
            value={retention.keep}
            onChange={(keep) => change({ keep })}
          />
          {retention.keep === 'some' && (
            <>
              <p className={styles.words}>
                So many of each kind stay: the newest of every hour, day, week, month and year. One that any
                rule wants stays, the newest good one always does.
              </p>
              <div className={styles.counts}>
                {PERIODS.map((period) => (
                  <NumberField
                    key={period}
                    label={LABELS[period]}
                    value={retention.counts[period]}
                    minValue={0}
                    maxValue={100_000}
                    onChange={(count) => change({ counts: { ...retention.counts, [period]: count } })}
                    onBlur={onBlur}
                  />
                ))}
              </div>
              <div className={styles.pair}>
                <LengthField
                  label="All of the last"
                  value={retention.within}
                  minimum={0}
                  units={['hours', 'days']}
                  onChange={(within) => change({ within })}
                />
                <LengthField
                  label="None younger than"
                  value={retention.minimumAge}
                  minimum={0}
                  units={['hours', 'days']}
                  onChange={(minimumAge) => change({ minimumAge })}
                />
              </div>
              {error && <Callout tone="bad">{error}</Callout>}
            </>
          )}
          {plan && preview?.retention && <RetentionOutcome preview={preview.retention} />}
        </div>
      </FieldPlace>
    </Card>
  );
}
