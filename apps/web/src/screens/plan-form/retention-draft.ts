import type { Retention } from '@periodic-backup/contracts/http';
import { lengthOf, secondsOf, type LengthDraft } from './schedule-draft.js';

export const PERIODS = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const;
export type Period = (typeof PERIODS)[number];

/** Which snapshots stay, as a form holds it. */
export interface RetentionDraft {
  readonly keep: 'all' | 'some';
  readonly counts: Readonly<Record<Period, number>>;
  readonly within: LengthDraft;
  readonly minimumAge: LengthDraft;
  /** Null: as the schedule says. */
  readonly timezone: string | null;
}

const NONE: RetentionDraft['counts'] = {
  ...{ last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0 },
};

/** A start that most people go with. */
export const USUAL_COUNTS: RetentionDraft['counts'] = { ...NONE, daily: 14, weekly: 8, monthly: 12 };

export const newRetention: RetentionDraft = {
  keep: 'all',
  counts: USUAL_COUNTS,
  within: { count: 2, unit: 'days' },
  minimumAge: { count: 1, unit: 'days' },
  timezone: null,
};

export function draftOfRetention(retention: Retention | null): RetentionDraft {
  if (!retention) return newRetention;
  const { withinSeconds, minimumAgeSeconds, timezone = null, ...counts } = retention;
  return {
    keep: 'some',
    counts,
    within: withinSeconds === 0 ? { count: 0, unit: 'days' } : lengthOf(withinSeconds),
    minimumAge: minimumAgeSeconds === 0 ? { count: 0, unit: 'hours' } : lengthOf(minimumAgeSeconds),
    timezone,
  };
}

/** As the API takes it; an empty number is none. */
export function retentionOf({
  keep,
  counts,
  within,
  minimumAge,
  timezone,
}: RetentionDraft): Retention | null {
  if (keep === 'all') return null;
  const filled = Object.fromEntries(PERIODS.map((period) => [period, counts[period] || 0]));
  return {
    ...(filled as RetentionDraft['counts']),
    withinSeconds: secondsOf(within) ?? 0,
    minimumAgeSeconds: secondsOf(minimumAge) ?? 0,
    ...(timezone === null ? {} : { timezone }),
  };
}
