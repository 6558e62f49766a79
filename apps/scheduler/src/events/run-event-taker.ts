import { Injectable } from '@nestjs/common';
import type { RunError, RunEvent } from '@periodic-backup/contracts';
import {
  endRun,
  findPlan,
  findRun,
  markAlive,
  markConnected,
  markStarted,
  noteFigures,
  recordProblems,
  runningOnAgent,
  type RunRow,
} from '@periodic-backup/ledger';
import { AttemptEnder } from '../attempts/attempt-ender.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { PlanDecisions } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { ReceiptTaker, type RunEnd } from './receipt-taker.js';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>;
type BackupEvent = Exclude<RunEvent, { type: 'task-started' | 'task-alive' | 'task-ended' | 'refused' }>;

const NO_REPORT: RunError = {
  code: 'NO_REPORT',
  message: 'The agent ended the attempt with neither a receipt nor an error',
  retryable: true,
};

/**
 * Takes what agents and receivers say of backups. Events may come twice, late or in another order: each changes only the
 * attempt it speaks of, and only from a state in which it can be true. A genuine receipt always counts.
 */
@Injectable()
export class RunEventTaker {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly receipts: ReceiptTaker,
    private readonly attempts: AttemptEnder,
    private readonly dispatcher: Dispatcher,
  ) {}

  async take(event: BackupEvent): Promise<void> {
    const { ledger } = this.runtime;
    switch (event.type) {
      case 'started':
        return this.#noteProgress(await markStarted(ledger, event, new Date(event.at)));
      case 'connected': {
        const { at, receiverId } = event;
        return this.#noteProgress(await markConnected(ledger, event, { at: new Date(at), receiverId }));
      }
      case 'alive': {
        const at = new Date(event.at);
        const run = await markAlive(ledger, event, { at, counts: event.counts });
        const isItsFirstSign = run?.startedAt?.getTime() === at.getTime();
        return this.#noteProgress(isItsFirstSign ? run : null);
      }
      case 'ended':
        return this.#ended(event);
      case 'receipt': {
        const { receipt, place, at } = event;
        const end = await this.receipts.take(
          receipt,
          null,
          place,
          at === undefined ? undefined : new Date(at),
        );
        return end ? this.#next(end) : undefined;
      }
      case 'agent-started':
        return this.#agentStarted(event);
    }
  }

  /** An event that was overtaken by the end of its run is no news. */
  #noteProgress(run: RunRow | null): void {
    this.decisions.note(run?.state === 'running' ? run : null);
  }

  async #ended(event: EventOf<'ended'>): Promise<void> {
    const end = event.receipt
      ? await this.receipts.take(event.receipt, event)
      : await this.#endedWithoutReceipt(event);
    if (end) await this.#next(end);
  }

  async #endedWithoutReceipt(event: EventOf<'ended'>): Promise<RunEnd | null> {
    const known = await findRun(this.runtime.ledger, event.runId);
    const plan = known && (await findPlan(this.runtime.ledger, known.planId));
    if (!plan) return null;
    const error = event.error ?? NO_REPORT;
    await this.decisions.take(plan.id, async (transaction, changed) => {
      const run = await findRun(transaction, event.runId);
      if (!run || run.epoch !== event.epoch || !isActive(run)) return;
      await noteFigures(transaction, event, { counts: event.counts, error });
      // Another session of this very attempt holds the staging. If none does, silence will tell.
      if (error.code === 'EPOCH_SUPERSEDED') return;
      await recordProblems(transaction, run.id, event.problems);
      if (error.code === 'CANCELLED' && !run.receipt)
        changed(
          await endRun(transaction, run.id, {
            state: 'cancelled',
            reason: run.cancelRequestedAt ? 'Cancelled on request.' : 'Cancelled on its agent.',
            error,
          }),
        );
      else await this.attempts.end(transaction, run, error, changed);
    });
    return { plan, anotherWaits: true };
  }

  /** Its earlier process is gone, and with it what that was doing: no need to wait for silence. */
  async #agentStarted(event: EventOf<'agent-started'>): Promise<void> {
    const error: RunError = {
      code: 'AGENT_RESTARTED',
      message: `Agent "${event.agentId}" was restarted`,
      retryable: true,
    };
    const startedAt = new Date(event.at);
    for (const { id, planId } of await runningOnAgent(this.runtime.ledger, event.agentId)) {
      if (event.runIds.includes(id)) continue;
      await this.decisions.take(planId, async (transaction, changed) => {
        const run = await findRun(transaction, id);
        // Both instants are of the agent's clock: a later sign of life is the new process's own.
        if (run?.state === 'running' && (run.aliveAt ?? startedAt) <= startedAt)
          await this.attempts.end(transaction, run, error, changed, { atOnce: true });
      });
    }
    await this.dispatcher.dispatchAll(event.agentId);
  }

  /** The run that waited behind, or the next attempt: at once if it may. Otherwise the dispatcher's round finds it. */
  async #next({ plan, anotherWaits }: RunEnd): Promise<void> {
    const next = anotherWaits
      ? this.dispatcher.dispatch(plan.id)
      : this.dispatcher.dispatchInTurn(plan.vaultId);
    await next.catch((error: unknown) => {
      this.runtime.logger.debug({ planId: plan.id, error: (error as Error).message }, 'not dispatched yet');
    });
  }
}

function isActive({ state }: RunRow): boolean {
  return state === 'queued' || state === 'running';
}
