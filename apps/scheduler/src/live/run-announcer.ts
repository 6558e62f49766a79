import { Injectable } from '@nestjs/common';
import { FINAL_RUN_STATES, LIVE_CHANNEL, type RunChanged } from '@periodic-backup/contracts';
import type { RunRow } from '@periodic-backup/ledger';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

/** Tells screens, log and figures what became of runs, after it was committed. Never fails: it is no truth. */
@Injectable()
export class RunAnnouncer {
  readonly #listeners: (() => void)[] = [];

  constructor(private readonly runtime: SchedulerRuntime) {}

  /** Calls `listener`, which must not fail, after runs have changed. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Runs whose state or reason has just changed; nulls are changes that did not happen. */
  changed(...rows: (RunRow | null)[]): void {
    for (const row of rows) {
      if (!row) continue;
      const { id: runId, planId, state, reason } = row;
      this.runtime.logger.info({ runId, planId, state, reason, epoch: row.epoch }, 'run');
      const event: RunChanged = { type: 'run', runId, planId, state, reason };
      this.runtime.producerRedis.publish(LIVE_CHANNEL, JSON.stringify(event)).catch(() => undefined);
      if (FINAL_RUN_STATES.some((final) => final === state)) this.#count(row);
    }
    if (rows.some((row) => row !== null)) for (const listener of this.#listeners) listener();
  }

  #count({ kind, state, startedAt, finishedAt }: RunRow): void {
    const { runsEnded, runDurationSeconds, tasksEnded } = this.runtime.metrics;
    if (kind !== 'backup') return tasksEnded.inc({ kind, state });
    runsEnded.inc({ state });
    if (startedAt && finishedAt)
      runDurationSeconds.observe(Math.max(0, finishedAt.getTime() - startedAt.getTime()) / 1000);
  }
}
