import { and, eq, inArray, sql, type SQL } from 'drizzle-orm';
import type { RunCounts, RunError } from '@periodic-backup/contracts';
import type { Ledger } from '../open-ledger.js';
import type { RunRow } from '../reading/read-runs.js';
import { runs } from '../schema.js';
import { wholeRows } from '../whole-rows.js';

const RUN = wholeRows(runs);

/**
 * The ways of a run from state to state. Each names the states it may come from in its condition and resolves with
 * the row as it is now, or null if the run was elsewhere: whoever comes second changes nothing.
 */

export interface Attempt {
  readonly runId: string;
  readonly epoch: number;
}

/** waiting → queued: a new attempt under a higher epoch. */
export function queueRun(ledger: Ledger, { runId, epoch }: Attempt, at: Date): Promise<RunRow | null> {
  return move(ledger, and(eq(runs.id, runId), eq(runs.state, 'waiting')), {
    state: 'queued',
    reason: null,
    heldBack: false,
    queuedAt: at,
    notBefore: null,
    aliveAt: null,
    receiverId: null,
    attempts: sql`${runs.attempts} + 1`,
    epoch,
  });
}

/**
 * queued → running. The first start of a run stays its start. Should the attempt be over already, because its events
 * overtook each other, only the instant is noted.
 */
export function markStarted(ledger: Ledger, attempt: Attempt, at: Date): Promise<RunRow | null> {
  return move(ledger, ofAttempt(attempt), {
    state: runningIfQueued,
    startedAt: sql`coalesce(${runs.startedAt}, ${stamp(at)})`,
    aliveAt: newer(at),
  });
}

/** The same for the first byte to a receiver. */
export function markConnected(
  ledger: Ledger,
  attempt: Attempt,
  { at, receiverId }: { at: Date; receiverId: string },
): Promise<RunRow | null> {
  return move(ledger, ofAttempt(attempt), {
    state: runningIfQueued,
    startedAt: sql`coalesce(${runs.startedAt}, ${stamp(at)})`,
    connectedAt: sql`coalesce(${runs.connectedAt}, ${stamp(at)})`,
    aliveAt: newer(at),
    receiverId,
  });
}

/** queued, running → running: a sign of life with figures so far. */
export function markAlive(
  ledger: Ledger,
  attempt: Attempt,
  { at, counts }: { at: Date; counts: RunCounts },
): Promise<RunRow | null> {
  return move(ledger, ofAttempt(attempt, ['queued', 'running']), {
    state: 'running',
    startedAt: sql`coalesce(${runs.startedAt}, ${stamp(at)})`,
    aliveAt: newer(at),
    ...figuresOf(counts),
  });
}

/** queued, running → waiting: the attempt is over, another one follows not before `notBefore`. */
export function waitForNextAttempt(
  ledger: Ledger,
  attempt: Attempt,
  { reason, notBefore, error }: { reason: string; notBefore: Date; error: RunError },
): Promise<RunRow | null> {
  return move(ledger, ofAttempt(attempt, ['queued', 'running']), {
    state: 'waiting',
    reason,
    notBefore,
    error,
    bytesSentBefore: sql`${runs.bytesSentBefore} + ${runs.bytesSent}`,
    bytesSent: 0,
  });
}

/** queued → waiting as if it had never been sent: its agent did not take it, so no attempt is used up. */
export function takeBackFromQueue(ledger: Ledger, attempt: Attempt, reason: string): Promise<RunRow | null> {
  return move(ledger, ofAttempt(attempt, ['queued']), {
    state: 'waiting',
    reason,
    notBefore: null,
    attempts: sql`greatest(${runs.attempts} - 1, 0)`,
  });
}

/**
 * Says anew why a run waits; null if it said so already. `heldBack`: it could go and waits for nothing but its turn.
 */
export function explainWaiting(
  ledger: Ledger,
  runId: string,
  reason: string,
  { heldBack = false } = {},
): Promise<RunRow | null> {
  return move(
    ledger,
    and(
      eq(runs.id, runId),
      eq(runs.state, 'waiting'),
      sql`(${runs.reason} is distinct from ${reason} or ${runs.heldBack} <> ${heldBack})`,
    ),
    { reason, heldBack },
  );
}

export interface RunEnding {
  readonly state: 'failed' | 'cancelled' | 'missed';
  readonly reason: string;
  readonly error?: RunError;
}

/** Ends a run that has not ended. */
export function endRun(ledger: Ledger, runId: string, ending: RunEnding): Promise<RunRow | null> {
  return move(ledger, and(eq(runs.id, runId), inArray(runs.state, ['waiting', 'queued', 'running'])), {
    ...ending,
    notBefore: null,
    heldBack: false,
    finishedAt: new Date(),
  });
}

/** Ends a run if this attempt of it is still the one on its agent's queue. */
export function endQueuedAttempt(
  ledger: Ledger,
  attempt: Attempt,
  ending: RunEnding,
): Promise<RunRow | null> {
  return move(ledger, ofAttempt(attempt, ['queued']), { ...ending, finishedAt: new Date() });
}

/** Remembers when the end of a run was first wanted. */
export function markCancelRequested(ledger: Ledger, runId: string, at: Date): Promise<RunRow | null> {
  return move(ledger, and(eq(runs.id, runId), inArray(runs.state, ['queued', 'running'])), {
    cancelRequestedAt: sql`coalesce(${runs.cancelRequestedAt}, ${stamp(at)})`,
  });
}

/** The last figures of the newest attempt, and the error it spoke of: the state is not touched. */
export function noteFigures(
  ledger: Ledger,
  attempt: Attempt,
  { counts, error }: { counts: RunCounts; error?: RunError },
): Promise<RunRow | null> {
  return move(ledger, ofAttempt(attempt), {
    ...figuresOf(counts),
    ...(error ? { error } : {}),
  });
}

function ofAttempt({ runId, epoch }: Attempt, from?: RunRow['state'][]): SQL | undefined {
  return and(eq(runs.id, runId), eq(runs.epoch, epoch), from && inArray(runs.state, from));
}

const runningIfQueued = sql`case when ${runs.state} = 'queued' then 'running' else ${runs.state} end`;

type Changes = Parameters<ReturnType<Ledger['update']>['set']>[0];

async function move(ledger: Ledger, where: SQL | undefined, changes: RunChanges): Promise<RunRow | null> {
  const update = ledger
    .update(runs)
    .set(changes as Changes)
    .where(where)
    .getSQL();
  return RUN.first(await ledger.execute(sql`${update} returning ${RUN.columns}`));
}

type RunChanges = { [Column in keyof typeof runs.$inferInsert]?: (typeof runs.$inferInsert)[Column] | SQL };

/** The columns that hold what an attempt counted. */
export function figuresOf(counts: RunCounts) {
  const { entries, files, bytesRead, bytesSent, bytesStored, filesFailed } = counts;
  return { entries, files, bytesRead, bytesSent, bytesStored, filesFailed };
}

const stamp = (at: Date): SQL => sql`${at.toISOString()}::timestamptz`;

/** Events may overtake each other. */
const newer = (at: Date): SQL => sql`greatest(${runs.aliveAt}, ${stamp(at)})`;
