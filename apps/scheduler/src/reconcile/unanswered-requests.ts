import { Injectable } from '@nestjs/common';
import { runsToCancel, startsWithoutRun } from '@periodic-backup/ledger';
import { RunCanceller } from '../requests/run-canceller.js';
import { RunRequests } from '../requests/run-requests.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

const PAGE = 1000;
const HOUR_MS = 3_600_000;

/** Finds wishes whose job got lost on its way to us. */
@Injectable()
export class UnansweredRequests {
  #lookedBack = false;

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly requests: RunRequests,
    private readonly canceller: RunCanceller,
  ) {}

  /** All ever made at the first time, then those of the last hour: the others have been answered. */
  async findAndAnswer(): Promise<void> {
    const since = this.#lookedBack ? new Date(Date.now() - HOUR_MS) : null;
    const starts = await startsWithoutRun(this.runtime.ledger, { since, limit: PAGE });
    for (const request of starts) await this.requests.start(request);
    if (starts.length < PAGE) this.#lookedBack = true;
    for (const runId of await runsToCancel(this.runtime.ledger)) await this.canceller.cancel(runId);
  }
}
