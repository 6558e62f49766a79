import { Inject, Injectable } from '@nestjs/common';
import type { Run, RunDetail, RunMark, RunStep } from '@periodic-backup/contracts';
import { readRunFacts, type Ledger, type RunFacts } from '@periodic-backup/ledger';
import { Presence, noneWhileAway } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { LiveFeed } from '../events/live-feed.js';

/** Puts together what the page of a run shows. */
@Injectable()
export class RunDetails {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
    private readonly feed: LiveFeed,
  ) {}

  /** Null if there is no such run. */
  async of(runId: string): Promise<RunDetail | null> {
    const facts = await readRunFacts(this.ledger, runId);
    if (!facts) return null;
    const { row, run, failedAttempts, previous, snapshotId } = facts;
    return {
      ...run,
      createdAt: row.createdAt.toISOString(),
      committedAt: run.receipt?.committedAt ?? null,
      aliveAt: row.aliveAt?.toISOString() ?? null,
      notBefore: row.notBefore?.toISOString() ?? null,
      cancelRequestedAt: row.cancelRequestedAt?.toISOString() ?? null,
      timeline: timelineOf(facts),
      failedAttempts,
      progress: run.state === 'running' ? this.feed.progressOf(runId) : null,
      previous: previous && markOf(previous),
      snapshotId,
      receiver: await this.#receiver(run.receiverId),
    };
  }

  async #receiver(receiverId: string | null): Promise<RunDetail['receiver']> {
    if (receiverId === null) return null;
    const announced = await this.presence.receivers().catch(noneWhileAway);
    const found = announced.find(({ presence }) => presence.receiverId === receiverId);
    return found
      ? { receiverId, host: found.presence.host, port: found.presence.port, online: found.online }
      : null;
  }
}

function timelineOf({ row, run }: RunFacts): RunStep[] {
  return [
    { step: 'expected', at: run.scheduledFor },
    { step: 'created', at: row.createdAt.toISOString() },
    { step: 'queued', at: run.queuedAt },
    { step: 'started', at: run.startedAt },
    { step: 'connected', at: run.connectedAt },
    { step: 'committed', at: run.receipt?.committedAt ?? null },
    { step: 'ended', at: run.finishedAt },
  ];
}

function markOf({ id, state, scheduledFor, durationMs, counts, snapshot }: Run): RunMark {
  return { runId: id, state, scheduledFor, durationMs, counts, snapshot };
}
