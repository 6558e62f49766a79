import { durationInWords, type HealthState } from '@periodic-backup/contracts';
import { WORST_FIRST } from './plan-attention.js';

const WORDS: Readonly<Record<HealthState, readonly [one: string, many: string]>> = {
  failing: ['is failing', 'are failing'],
  'never-run': ['has never run', 'have never run'],
  'running-late': ['runs late', 'run late'],
  unverified: ['was not verified for too long', 'were not verified for too long'],
  healthy: ['is healthy', 'are healthy'],
  paused: ['is paused', 'are paused'],
};

type Counts = Readonly<Record<HealthState, number>>;

/** The state that decides: the worst that a plan is in; paused only if all are. Null without any plan. */
export function verdictOf(counts: Counts): HealthState | null {
  return WORST_FIRST.find((state) => counts[state] > 0) ?? null;
}

/** Answers in one sentence whether everything is safe. */
export function overviewSentence(counts: Counts, oldestHeldSeconds: number | null): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (total === 0) return 'Nothing is backed up: there is no plan yet.';
  if (counts.paused === total)
    return `Nothing is backed up: ${total === 1 ? 'the plan is' : 'all plans are'} paused.`;
  const paused = counts.paused === 0 ? '' : ` ${counted('paused', counts.paused, total)}.`;
  const unsafe = WORST_FIRST.filter(
    (state) => state !== 'healthy' && state !== 'paused' && counts[state] > 0,
  );
  if (unsafe.length === 0) {
    const promises =
      total - counts.paused === 1 ? 'the plan keeps its promise' : 'all plans keep their promises';
    const held =
      oldestHeldSeconds === null
        ? ''
        : `; no newest snapshot is older than ${durationInWords(oldestHeldSeconds * 1000)}`;
    return `Safe: ${promises}${held}.${paused}`;
  }
  return `Not safe: ${unsafe.map((state) => counted(state, counts[state], total)).join(', ')}.${paused}`;
}

function counted(state: HealthState, count: number, total: number): string {
  const [one, many] = WORDS[state];
  return `${count} of ${total} ${total === 1 ? 'plan' : 'plans'} ${count === 1 ? one : many}`;
}
