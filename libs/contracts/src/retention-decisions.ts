import { durationInWords } from './duration-words.js';
import { LocalClock } from './local-clock.js';
import type { Schedule } from './plan.js';
import type { Retention } from './retention.js';

export interface RetentionSnapshot {
  /** Its name. */
  readonly snapshot: string;
  readonly committedAt: string | Date;
  readonly pinned: boolean;
  /** No damage is known. */
  readonly good: boolean;
}

export interface RetentionDecision {
  readonly snapshot: string;
  /** Every rule that wants it, in words: `last 3`, `daily 2026-11-22`, `pinned`. Empty: it may go. */
  readonly keptBy: readonly string[];
  readonly removable: boolean;
}

interface Candidate extends RetentionSnapshot {
  readonly at: number;
  readonly keptBy: string[];
}

/** Where the days of a plan begin. */
export function retentionTimezone(policy: Retention | null, schedule: Schedule): string {
  return policy?.timezone ?? (schedule.kind === 'cron' ? schedule.timezone : 'UTC');
}

/**
 * What retention says of each snapshot of a plan, newest first; without a policy everything stays. The newest
 * snapshot and the newest good one always stay. A damaged snapshot stays where it would stay if it were good but never
 * takes the place of a good one: neither may damage found in a file that all share cost the history, nor may damaged
 * snapshots push good ones out. Applied again to what stays, nothing more goes.
 */
export function retentionDecisions(
  snapshots: readonly RetentionSnapshot[],
  policy: Retention | null,
  { timezone, now }: { readonly timezone: string; readonly now: Date },
): RetentionDecision[] {
  const newestFirst = snapshots
    .map((snapshot): Candidate => ({ ...snapshot, at: new Date(snapshot.committedAt).getTime(), keptBy: [] }))
    .sort((a, b) => b.at - a.at || (a.snapshot < b.snapshot ? 1 : -1));
  if (policy === null) for (const { keptBy } of newestFirst) keptBy.push('no retention policy');
  else decide(newestFirst, policy, new LocalClock(policy.timezone ?? timezone), now.getTime());
  return newestFirst.map(({ snapshot, keptBy }) => ({ snapshot, keptBy, removable: keptBy.length === 0 }));
}

function decide(newestFirst: readonly Candidate[], policy: Retention, clock: LocalClock, now: number): void {
  const good = newestFirst.filter((candidate) => candidate.good);
  newestFirst[0]?.keptBy.push('newest');
  if (good[0] !== newestFirst[0]) good[0]?.keptBy.push('newest good');
  const { minimumAgeSeconds, withinSeconds } = policy;
  const youngerThan = `younger than ${durationInWords(minimumAgeSeconds * 1000)}`;
  const within = `within ${durationInWords(withinSeconds * 1000)}`;
  for (const { pinned, at, keptBy } of newestFirst) {
    if (pinned) keptBy.push('pinned');
    if (minimumAgeSeconds > 0 && now - at < minimumAgeSeconds * 1000) keptBy.push(youngerThan);
    if (withinSeconds > 0 && now - at < withinSeconds * 1000) keptBy.push(within);
  }
  keepByCounts(good, policy, clock);
  // What good ones this chooses, the first choice holds too: nothing newer of their hour, day, … was good.
  if (good.length < newestFirst.length)
    keepByCounts(newestFirst, policy, clock, (candidate) => !candidate.good);
}

function keepByCounts(
  newestFirst: readonly Candidate[],
  policy: Retention,
  clock: LocalClock,
  concerns: (candidate: Candidate) => boolean = () => true,
): void {
  for (const candidate of newestFirst.slice(0, policy.last))
    if (concerns(candidate)) candidate.keptBy.push(`last ${policy.last}`);
  for (const rule of ['hourly', 'daily', 'weekly', 'monthly', 'yearly'] as const) {
    let places = policy[rule];
    const seen = new Set<string>();
    for (const candidate of newestFirst) {
      if (places === 0) break;
      const period = PERIODS[rule](candidate.at, clock.offsetMs(candidate.at));
      if (seen.has(period)) continue;
      seen.add(period);
      places--;
      if (concerns(candidate)) candidate.keptBy.push(`${rule} ${period}`);
    }
  }
}

const DAY_MS = 86_400_000;

/** The name of the period that an instant lies in, by the clock on the wall. */
const PERIODS = {
  /** With its offset: an hour that autumn repeats is two. */
  hourly: (at: number, offset: number) => `${localText(at + offset, 13)}:00${offsetText(offset)}`,
  daily: (at: number, offset: number) => localText(at + offset, 10),
  weekly: (at: number, offset: number) => isoWeek(at + offset),
  monthly: (at: number, offset: number) => localText(at + offset, 7),
  yearly: (at: number, offset: number) => localText(at + offset, 4),
} satisfies Record<string, (at: number, offset: number) => string>;

function localText(local: number, length: number): string {
  return new Date(local).toISOString().slice(0, length);
}

function offsetText(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.abs(Math.trunc(offset / 60_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** ISO 8601: weeks begin on Monday and belong to the year that their Thursday lies in. */
function isoWeek(local: number): string {
  const day = Math.floor(local / DAY_MS);
  // 1970-01-01 was a Thursday.
  const thursday = Math.floor((day + 3) / 7) * 7;
  const year = new Date(thursday * DAY_MS).getUTCFullYear();
  const week = Math.floor((thursday - Date.UTC(year, 0, 1) / DAY_MS) / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}
