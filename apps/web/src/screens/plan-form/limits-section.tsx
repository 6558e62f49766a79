import { Link } from '@tanstack/react-router';
import { Segments } from '../../design/field/segments.js';
import { Fold } from '../../design/layout/fold.js';
import { Card } from '../../design/page/card.js';
import { BandwidthFields } from './bandwidth-fields.js';
import { FieldPlace } from './field-place.js';
import { newSchedule } from './schedule-draft.js';
import { ScheduleFields } from './schedule-fields.js';
import { UpcomingTimes } from './upcoming-times.js';
import type { PlanForm } from './use-plan-form.js';
import styles from './plan-form.module.css';

const VERIFY_WAYS = [
  { value: 'hand', label: 'Only by hand' },
  { value: 'schedule', label: 'By a schedule' },
] as const;

/** What most plans leave as it is. */
export function LimitsSection({ form }: { readonly form: PlanForm }) {
  const { draft, set, at, preview, problems } = form;
  const { bandwidth, verify } = draft;
  const [limit, verification] = [at('bandwidth'), at('verifySchedule')];
  const wrongAt = (field: string): boolean => problems.some(({ path }) => path.split('.')[0] === field);
  return (
    <Card title="Alerts and limits">
      <div className={styles.folds}>
        <Fold
          title="Bandwidth"
          summary={
            bandwidth.windows.length > 0
              ? 'by a timetable'
              : bandwidth.rate.limited
                ? `${bandwidth.rate.count} ${bandwidth.rate.unit}`
                : 'full speed'
          }
          mustShow={wrongAt('bandwidth')}
        >
          <FieldPlace of="bandwidth">
            <BandwidthFields value={bandwidth} onChange={(next) => set({ bandwidth: next })} state={limit} />
          </FieldPlace>
        </Fold>
        <Fold
          title="Verification"
          summary={verify === null ? 'only by hand' : (preview?.verifySchedule?.sentence ?? 'by a schedule')}
          mustShow={wrongAt('verifySchedule')}
        >
          <FieldPlace of="verifySchedule">
            <div className={styles.fields}>
              <Segments
                label="Every byte is read again and compared"
                options={VERIFY_WAYS}
                value={verify === null ? 'hand' : 'schedule'}
                onChange={(way) =>
                  set({
                    verify:
                      way === 'hand'
                        ? null
                        : {
                            ...newSchedule(draft.schedule.timezone),
                            kind: 'times',
                            time: '12:00',
                            days: [7],
                          },
                  })
                }
              />
              {verify !== null && (
                <ScheduleFields
                  label="It is verified"
                  value={verify}
                  onChange={(next) => set({ verify: next })}
                  state={verification}
                />
              )}
              {verify !== null && preview?.verifySchedule && (
                <UpcomingTimes preview={preview.verifySchedule} isPeriod={verify.kind === 'every'} />
              )}
            </div>
          </FieldPlace>
        </Fold>
        <Fold title="Alerts" summary="as the alert rules say">
          <p className={styles.words}>
            Whoever is told when a run fails, is missed or comes late is up to the{' '}
            <Link to="/alerts/rules">alert rules</Link>; those for all plans count for this one, too.
          </p>
        </Fold>
      </div>
    </Card>
  );
}
