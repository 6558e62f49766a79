import { Injectable } from '@nestjs/common';
import type { Refused, RunEvent } from '@periodic-backup/contracts';
import { ForgeryLog } from '../forgeries/forgery-log.js';
import { Retention } from '../retention/retention.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { TaskEventTaker } from '../tasks/task-event-taker.js';
import { RunEventTaker } from './run-event-taker.js';

/** Brings each report to those it concerns. */
@Injectable()
export class EventRouter {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly backups: RunEventTaker,
    private readonly tasks: TaskEventTaker,
    private readonly retention: Retention,
    private readonly forgeries: ForgeryLog,
  ) {}

  async take(event: RunEvent): Promise<void> {
    switch (event.type) {
      case 'task-started':
      case 'task-alive':
      case 'task-ended':
        return this.tasks.take(event);
      case 'agent-started':
        await this.backups.take(event);
        return this.tasks.agentStarted(event);
      case 'ended':
        await this.backups.take(event);
        return event.receipt ? this.#aSnapshotMore(event.receipt.planId) : undefined;
      case 'refused':
        return this.#elsewhere(event);
      case 'started':
      case 'connected':
      case 'alive':
      case 'receipt':
        return this.backups.take(event);
    }
  }

  /** An agent or a receiver was shown a forgery. */
  async #elsewhere({ by, what, runId, reason }: Refused): Promise<void> {
    const object = runId === null ? null : `run/${runId}`;
    await this.forgeries.note({ what, noticedBy: by, object, claimed: null, reason });
  }

  /**
   * An older one may go now. Should that not work at once, the next round does it; as it does for receipts that come alone,
   * for a vault that is read anew sends thousands.
   */
  async #aSnapshotMore(planId: string): Promise<void> {
    await this.retention.apply(planId).catch((error: unknown) => {
      this.runtime.logger.debug({ planId, error: (error as Error).message }, 'retention not applied yet');
    });
  }
}
