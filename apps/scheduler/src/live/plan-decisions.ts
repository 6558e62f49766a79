import { Injectable } from '@nestjs/common';
import { withPlanLocked, type Ledger, type RunRow } from '@periodic-backup/ledger';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { RunAnnouncer } from './run-announcer.js';

/** Takes rows that changed, for the announcement; a null is a change that did not happen. */
export type NoteChange = (...rows: (RunRow | null)[]) => void;

/** Where everything about a plan's runs is decided: one decision at a time, in one transaction, announced once it is committed. */
@Injectable()
export class PlanDecisions {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly announcer: RunAnnouncer,
  ) {}

  async take<T>(
    planId: string,
    decide: (transaction: Ledger, changed: NoteChange) => Promise<T>,
  ): Promise<T> {
    const changes: (RunRow | null)[] = [];
    const decision = await withPlanLocked(this.runtime.ledger, planId, (transaction) =>
      decide(transaction, (...rows) => void changes.push(...rows)),
    );
    this.announcer.changed(...changes);
    return decision;
  }

  /** Announces what a single statement changed: it needed no decision. */
  note(row: RunRow | null): void {
    this.announcer.changed(row);
  }
}
