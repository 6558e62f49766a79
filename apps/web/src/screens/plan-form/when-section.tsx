import { describing } from '../../design/field/field-warning.js';
import { Segments } from '../../design/field/segments.js';
import { Card } from '../../design/page/card.js';
import { FieldPlace } from './field-place.js';
import { LengthField } from './length-field.js';
import { ScheduleFields } from './schedule-fields.js';
import { UpcomingTimes } from './upcoming-times.js';
import type { PlanForm } from './use-plan-form.js';
import styles from './plan-form.module.css';

const PROMISES = [
  { value: 'usual', label: 'Twice the period' },
  { value: 'own', label: 'Another age' },
] as const;

/** When it is due, what that means, and how old the newest snapshot may ever be. */
export function WhenSection({ form: { draft, set, at, preview } }: { readonly form: PlanForm }) {
  const promise = at('recoveryPointSeconds');
  return (
    <Card title="When">
      <div className={styles.fields}>
        <FieldPlace of="schedule">
          <ScheduleFields
            label="It runs"
            value={draft.schedule}
            onChange={(schedule) => set({ schedule })}
            state={at('schedule')}
          />
        </FieldPlace>
        {preview?.schedule && (
          <UpcomingTimes preview={preview.schedule} isPeriod={draft.schedule.kind === 'every'} />
        )}
        <FieldPlace of="recoveryPointSeconds">
          <div className={styles.fields}>
            <Segments
              label="Promised age"
              description={describing(
                'How old the newest good snapshot may be. Older than this, the plan counts as running late and alerts say so.',
                promise.warning,
              )}
              options={PROMISES}
              value={draft.promisedAge === null ? 'usual' : 'own'}
              onChange={(way) => set({ promisedAge: way === 'own' ? { count: 26, unit: 'hours' } : null })}
            />
            {draft.promisedAge !== null && (
              <LengthField
                label="Never older than"
                value={draft.promisedAge}
                onChange={(promisedAge) => set({ promisedAge })}
                units={['minutes', 'hours', 'days']}
                error={promise.error}
                onBlur={promise.onBlur}
              />
            )}
          </div>
        </FieldPlace>
      </div>
    </Card>
  );
}
