import type { RunError } from '@periodic-backup/contracts';
import type { RunRow } from '@periodic-backup/ledger';
import type { JobStanding } from '../dispatch/job-queues.js';

/** What the reconciler sees of a run that the ledger calls queued or running. */
export interface Sighting {
  readonly run: Pick<RunRow, 'id' | 'agentId' | 'state' | 'queuedAt' | 'aliveAt'>;
  /** Who works on it, in words; left out: its agent. */
  readonly carrier?: string;
  /** The agent's heartbeat. */
  readonly agentOnline: boolean;
  readonly agentNamesRun: boolean;
  /** Of its job; not asked for running runs. */
  readonly standing: JobStanding | null;
}

export interface Patience {
  /** For a running run of which nothing is heard. */
  readonly silenceMs: number;
  /** The same while the agent is not online either. */
  readonly offlineMs: number;
  /** For a job that was just added. */
  readonly transitMs: number;
  /** For the report on a job that has ended. */
  readonly reportMs: number;
  /** For a job that stands in line: its ticket runs out. */
  readonly inLineMs: number;
}

export type StrayDecision =
  | { readonly kind: 'leave' }
  | { readonly kind: 'add job' }
  | { readonly kind: 'take back'; readonly reason: string }
  | { readonly kind: 'end attempt'; readonly error: RunError };

const LEAVE: StrayDecision = { kind: 'leave' };

/** True for a queued run that is left alone wherever its job stands: it was just sent, or its agent names it. */
export function isInTransit(
  { run, agentOnline, agentNamesRun }: Omit<Sighting, 'standing'>,
  now: Date,
  { transitMs }: Patience,
): boolean {
  return (agentOnline && agentNamesRun) || msSinceSignOf(run, now) <= transitMs;
}

export function decideStray(sighting: Sighting, now: Date, patience: Patience): StrayDecision {
  const { run, agentOnline, agentNamesRun, standing } = sighting;
  const agent = sighting.carrier ?? `Agent "${run.agentId}"`;
  const signMs = msSinceSignOf(run, now);
  if (agentOnline && agentNamesRun) return LEAVE;

  if (run.state === 'running') {
    if (signMs <= (agentOnline ? patience.silenceMs : patience.offlineMs)) return LEAVE;
    const message = `${agent} said nothing of the run for ${Math.round(signMs / 1000)} s`;
    return { kind: 'end attempt', error: { code: 'AGENT_SILENT', message, retryable: true } };
  }

  if (isInTransit(sighting, now, patience)) return LEAVE;
  if (standing === 'missing') return { kind: 'add job' };
  if (standing === 'in line') {
    if (!agentOnline && signMs > patience.offlineMs)
      return { kind: 'take back', reason: `${agent} is not online.` };
    if (signMs > patience.inLineMs)
      return { kind: 'take back', reason: `${agent} was busy for a long time.` };
    return LEAVE;
  }
  const overMs =
    standing === 'taken' || standing === null ? null : now.getTime() - standing.overSince.getTime();
  const lost = overMs === null ? !agentOnline && signMs > patience.offlineMs : overMs > patience.reportMs;
  if (!lost) return LEAVE;
  const message = `${agent} took the run and never reported on it`;
  return { kind: 'end attempt', error: { code: 'AGENT_SILENT', message, retryable: true } };
}

function msSinceSignOf({ aliveAt, queuedAt }: Sighting['run'], now: Date): number {
  return now.getTime() - Math.max(aliveAt?.getTime() ?? 0, queuedAt?.getTime() ?? 0);
}
