import { Injectable } from '@nestjs/common';
import {
  agentBandwidth,
  explainWaiting,
  findPlan,
  nextInTurn,
  vaultRooms,
  waitingBackups,
  type Ledger,
  type PlanRow,
  type RunRow,
  type VaultRoom,
} from '@periodic-backup/ledger';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { AgentQueues } from './agent-queues.js';
import { buildRunJob } from './build-run-job.js';
import { chooseOffers, type Surroundings } from './choose-offers.js';
import {
  decideDispatch,
  isFull,
  roomReason,
  whyWithdrawn,
  type DispatchDecision,
} from './decide-dispatch.js';
import { PresenceReader } from './presence-reader.js';

const PAGE = 500;
const OVERDUE_MS = 60_000;

/** Something to be decided about a plan before its waiting run is looked at. */
export type Decision = (transaction: Ledger, changed: NoteChange) => Promise<void>;

const nothing: Decision = () => Promise.resolve();

type DispatchOutcome = DispatchDecision['kind'];

/** Sends waiting runs to their agents: first the row, committed, then the job; a crash in between is repaired. */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly decisions: PlanDecisions,
    private readonly presence: PresenceReader,
    private readonly queues: AgentQueues,
  ) {}

  /**
   * Sends the waiting run of a plan now if it can go, else says why not; then those of its vault whose turn has come,
   * should there be room. Safe to repeat and to call at any time. `before` is decided first, in the same transaction
   * as the plan's run; it is decided even if Redis is away.
   */
  async dispatch(planId: string, before: Decision = nothing): Promise<void> {
    const plan = await findPlan(this.runtime.ledger, planId);
    if (!plan) return;
    let surroundings: Surroundings;
    try {
      surroundings = await this.presence.around(plan.agentId);
    } catch (error) {
      await this.decisions.take(planId, before);
      throw error;
    }
    await this.#dispatch(plan.id, surroundings, before);
    await this.#dispatchInTurn(plan.vaultId);
  }

  /**
   * Looks at every waiting run whose time has come, the longest overdue first. Costs a transaction only for those that
   * something changes for.
   */
  async dispatchAll(): Promise<void> {
    const now = new Date();
    const { ledger, metrics } = this.runtime;
    const surroundingsOf = this.runtime.redisIsThere ? await this.#surroundings() : null;
    const rooms = await vaultRooms(ledger);
    let [overdue, heldBack] = [0, 0];
    for (let after: RunRow | null = null; ;) {
      const page = await waitingBackups(ledger, { now, after, limit: PAGE });
      for (const { run, plan, blocked } of page) {
        if (now.getTime() - run.scheduledFor.getTime() > OVERDUE_MS) overdue++;
        if (blocked) continue;
        const surroundings = surroundingsOf?.(run.agentId);
        if (!surroundings)
          this.decisions.note(await explainWaiting(ledger, run.id, 'Redis is not reachable.'));
        else if ((await this.#takeTurn(run, plan, surroundings, rooms)) === 'held back') heldBack++;
      }
      if (page.length < PAGE) break;
      after = page.at(-1)!.run;
    }
    metrics.overduePlans.set(overdue);
    metrics.heldBackRuns.set(heldBack);
  }

  /** Puts the job of a queued run on its agent's queue (again). Resolves with false if it cannot be sent now. */
  async sendAgain(plan: PlanRow, run: RunRow): Promise<boolean> {
    const choice = chooseOffers(plan, await this.presence.around(plan.agentId));
    if ('waitsFor' in choice) return false;
    await this.queues.add(
      run,
      buildRunJob(plan, run, choice.receivers, {
        ticketKey: this.runtime.ticketKey,
        now: new Date(),
        agentBandwidth: await agentBandwidth(this.runtime.ledger, plan.agentId),
      }),
    );
    return true;
  }

  async #surroundings(): Promise<(agentId: string) => Surroundings> {
    const [agents, receivers] = await Promise.all([this.presence.agents(), this.presence.receivers()]);
    return (agentId) => ({ agent: agents.get(agentId) ?? null, receivers });
  }

  /** One run of a round in which all come in their order; `rooms` is kept by the round. */
  async #takeTurn(
    run: RunRow,
    plan: PlanRow,
    surroundings: Surroundings,
    rooms: ReadonlyMap<string, VaultRoom>,
  ): Promise<DispatchOutcome> {
    if (!whyWithdrawn(plan, run)) {
      const choice = chooseOffers(plan, surroundings);
      if ('waitsFor' in choice) {
        if (run.reason === choice.waitsFor && !run.heldBack) return 'waits';
      } else {
        const room = rooms.get(plan.vaultId);
        if (room && isFull(room)) {
          const reason = roomReason(plan.vaultId, room, surroundings.receivers);
          if (run.reason !== reason || !run.heldBack)
            this.decisions.note(
              await explainWaiting(this.runtime.ledger, run.id, reason, { heldBack: true }),
            );
          return 'held back';
        }
      }
    }
    const outcome = await this.#dispatch(run.planId, surroundings);
    const room = rooms.get(plan.vaultId);
    if (room && outcome === 'sent') room.active++;
    // Others have filled it meanwhile; those behind in this round are not to pass, should it have room again.
    if (room && outcome === 'held back') room.active = Math.max(room.active, room.maxRuns);
    return outcome;
  }

  /** Sends runs of a vault that were held back, for as long as there is room. */
  async #dispatchInTurn(vaultId: string): Promise<void> {
    let before: string | null = null;
    for (;;) {
      const [next] = await nextInTurn(this.runtime.ledger, { vaultId, now: new Date(), limit: 1 });
      if (!next || next.id === before) return;
      before = next.id;
      const surroundings = await this.presence.around(next.agentId);
      const outcome = await this.#dispatch(next.planId, surroundings);
      if (outcome === 'held back') return;
    }
  }

  async #dispatch(
    planId: string,
    surroundings: Surroundings,
    before: Decision = nothing,
  ): Promise<DispatchOutcome> {
    const now = new Date();
    const { ticketKey } = this.runtime;
    const decision = await this.decisions.take(planId, async (transaction, changed) => {
      await before(transaction, changed);
      return decideDispatch(transaction, planId, { surroundings, now, ticketKey }, changed);
    });
    if (decision.kind === 'sent') await this.queues.add(decision.run, decision.job);
    return decision.kind;
  }
}
