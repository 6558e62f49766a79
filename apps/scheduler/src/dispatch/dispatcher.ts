import { Injectable } from '@nestjs/common';
import {
  agentTerms,
  explainWaiting,
  findPlan,
  nextInTurn,
  vaultRooms,
  waitingBackups,
  type Ledger,
  type PlanRow,
  type RunRow,
  type VaultRoom,
  type WaitingBackup,
} from '@periodic-backup/ledger';
import { PlanDecisions, type NoteChange } from '../live/plan-decisions.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { AgentQueues } from './agent-queues.js';
import { buildRunJob } from './build-run-job.js';
import { chooseOffers, missingFor, type Surroundings } from './choose-offers.js';
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

const nobody = (): Surroundings => ({ agent: null, receivers: [] });

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
   * Sends the waiting run of a plan now if it can go, else says why not, and sends those of its vault whose turn has
   * come, should there be room. Safe to repeat and to call at any time. `before` is decided first, in the same transaction
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
    const outcome = await this.#dispatch(plan.id, surroundings, before);
    if (outcome !== 'sent') await this.dispatchInTurn(plan.vaultId);
  }

  /** Sends runs of a vault that were held back, for as long as there is room. */
  async dispatchInTurn(vaultId: string): Promise<void> {
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

  /**
   * Looks at every waiting run whose time has come, or at those of one agent, the longest overdue first. Costs a
   * transaction only for those that something changes for.
   */
  async dispatchAll(agentId: string | null = null): Promise<void> {
    const now = new Date();
    const { ledger, metrics } = this.runtime;
    let rooms: Map<string, VaultRoom> | null = null;
    let [overdue, heldBack] = [0, 0];
    for (let after: WaitingBackup | null = null; ;) {
      const page = await waitingBackups(ledger, { now, after, agentId, limit: PAGE });
      if (page.length > 0) rooms ??= await vaultRooms(ledger);
      const ready = page.filter(({ blocked }) => !blocked);
      const around = await this.#around(ready);
      overdue += page.filter(
        ({ scheduledFor }) => now.getTime() - scheduledFor.getTime() > OVERDUE_MS,
      ).length;
      for (const run of ready) {
        if (!around) this.decisions.note(await explainWaiting(ledger, run.id, 'Redis is not reachable.'));
        else if ((await this.#takeTurn(run, around(run.agentId), rooms ?? new Map())) === 'held back')
          heldBack++;
      }
      if (page.length < PAGE) break;
      after = page.at(-1)!;
    }
    if (agentId !== null) return;
    metrics.overduePlans.set(overdue);
    metrics.heldBackRuns.set(heldBack);
  }

  /** Puts the job of a queued run on its agent's queue (again). Resolves with false if it cannot be sent now. */
  async sendAgain(plan: PlanRow, run: RunRow): Promise<boolean> {
    const choice = chooseOffers(plan, await this.presence.around(plan.agentId));
    if ('waitsFor' in choice) return false;
    const agent = await agentTerms(this.runtime.ledger, plan.agentId);
    if (agent.revoked) return false;
    const { ticketKey } = this.runtime;
    await this.queues.add(run, buildRunJob(plan, run, choice, { ticketKey, now: new Date(), agent }));
    return true;
  }

  /** Null while Redis is away. */
  async #around(runs: readonly WaitingBackup[]): Promise<((agentId: string) => Surroundings) | null> {
    if (!this.runtime.redisIsThere) return null;
    return runs.length === 0 ? nobody : this.presence.aroundEach(runs.map(({ agentId }) => agentId));
  }

  /** One run of a round in which all come in their order; `rooms` is kept by the round. */
  async #takeTurn(
    run: WaitingBackup,
    surroundings: Surroundings,
    rooms: ReadonlyMap<string, VaultRoom>,
  ): Promise<DispatchOutcome> {
    const { plan } = run;
    const room = rooms.get(plan.vaultId);
    if (!whyWithdrawn(plan, run)) {
      const waitsFor = missingFor(plan, surroundings);
      if (waitsFor !== null) {
        if (run.reason === waitsFor && !run.heldBack) return 'waits';
      } else if (room && isFull(room)) {
        const reason = roomReason(plan.vaultId, room, surroundings.receivers);
        if (run.reason !== reason || !run.heldBack)
          this.decisions.note(await explainWaiting(this.runtime.ledger, run.id, reason, { heldBack: true }));
        return 'held back';
      }
    }
    const outcome = await this.#dispatch(plan.id, surroundings);
    if (room && outcome === 'sent') room.active++;
    // Others have filled it meanwhile; those behind in this round are not to pass, should it have room again.
    if (room && outcome === 'held back') room.active = Math.max(room.active, room.maxRuns);
    return outcome;
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
