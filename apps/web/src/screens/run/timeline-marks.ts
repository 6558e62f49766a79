import type { RunStep } from '@periodic-backup/contracts/http';

export interface TimelineMark {
  readonly step: RunStep['step'];
  readonly word: string;
  readonly at: string | null;
  /** never: the run ended without it. */
  readonly state: 'reached' | 'ahead' | 'never';
  /** Since the mark before it that was reached; null for the first, and before it was reached. */
  readonly afterMs: number | null;
}

const WORDS: Readonly<Record<RunStep['step'], string>> = {
  expected: 'Expected',
  created: 'Noted',
  queued: 'Queued',
  started: 'Started',
  connected: 'Connected',
  committed: 'Committed',
  ended: 'Ended',
};

/** The steps of a run as marks on a line, each with its distance to the one before. */
export function timelineMarks(steps: readonly RunStep[], ended: boolean): TimelineMark[] {
  let beforeMs: number | null = null;
  return (
    steps
      // That the scheduler wrote it down is for the curious only: it is the same instant to a second.
      .filter(({ step }) => step !== 'created')
      .map(({ step, at }) => {
        const atMs = at === null ? null : Date.parse(at);
        const afterMs = atMs === null || beforeMs === null ? null : Math.max(0, atMs - beforeMs);
        beforeMs = atMs ?? beforeMs;
        const state = atMs !== null ? 'reached' : ended ? 'never' : 'ahead';
        return { step, word: WORDS[step], at, state, afterMs };
      })
  );
}
