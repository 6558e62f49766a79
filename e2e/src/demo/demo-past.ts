import { dueTimesBetween, type RunState } from '@periodic-backup/contracts';
import type { DemoPlan } from './demo-plans.js';

const DAY_MS = 86_400_000;
const HISTORY_MS = 40 * DAY_MS;
const TICKS_SHOWN = 120;
/** Due times, counted back from the newest, at which a real backup is made; the others are only written down. */
const REAL_TICKS = [0, 1, 2, 4, 7, 12, 20];

/** What became of a due time before the demonstration began. */
export interface PastTick {
  readonly plan: DemoPlan;
  readonly dueAt: Date;
  readonly state: Extract<RunState, 'committed' | 'partial' | 'failed' | 'missed'>;
  readonly reason: string | null;
  /** A backup is made, and its snapshot can be opened. */
  readonly real: boolean;
  /** From 0, the oldest, to 1, the newest. */
  readonly age: number;
  readonly seconds: number;
}

const NOT_THERE = 'The source directory does not exist on this machine. Create it or correct the plan.';
const OFFLINE = 'The agent "laptop-ada" was not online in time.';
const NO_SCHEDULER = 'The scheduler was not running when it was due.';
const LOST = 'The connection to the receiver was lost and no other took over within 60 s.';

/** Oldest first. */
export function pastOf(plan: DemoPlan, now: Date): PastTick[] {
  const { schedule, fate } = plan;
  if (fate === 'never-run') return [];
  const end = fate === 'paused' ? new Date(now.getTime() - 9 * DAY_MS) : now;
  const dueTimes = [...dueTimesBetween(schedule, new Date(end.getTime() - HISTORY_MS), end)].slice(
    -TICKS_SHOWN,
  );
  const last = dueTimes.length - 1;
  const lostAtEnd = { failing: 4, missed: 7 }[fate as 'failing' | 'missed'] ?? 0;
  return dueTimes.map((dueAt, index) => {
    const back = last - index - lostAtEnd;
    const real = back >= 0 && REAL_TICKS.includes(back);
    const seconds = plan.usualSeconds * (0.8 + ((index * 37) % 50) / 100);
    return { plan, dueAt, real, age: index / Math.max(1, last), seconds, ...fateOf(plan, index, back, real) };
  });
}

function fateOf(
  { fate, name }: DemoPlan,
  index: number,
  back: number,
  real: boolean,
): Pick<PastTick, 'state' | 'reason'> {
  if (back < 0)
    return fate === 'missed' ? { state: 'missed', reason: OFFLINE } : { state: 'failed', reason: NOT_THERE };
  if (real) return { state: 'committed', reason: null };
  const luck = (index * 31 + name.length * 17) % 100;
  if (luck < 2) return { state: 'failed', reason: LOST };
  if (luck < 3) return { state: 'missed', reason: NO_SCHEDULER };
  if (luck < (fate === 'partial' ? 22 : 5))
    return { state: 'partial', reason: '1 file changed while it was read.' };
  return { state: 'committed', reason: null };
}
