import { Inject, Injectable } from '@nestjs/common';
import {
  nextDueTime,
  type Attention,
  type Overview,
  type OverviewRun,
  type Run,
} from '@periodic-backup/contracts';
import {
  countStates,
  firstSteps,
  judgePlans,
  lastBackup,
  listAgents,
  openAlerts,
  openRunsOf,
  readPlanPlaces,
  safeSince,
  type JudgedPlan,
  type Ledger,
  type PlanPlace,
} from '@periodic-backup/ledger';
import { Presence, noneWhileAway } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { LiveFeed } from '../events/live-feed.js';
import { alertAttention } from './alert-attention.js';
import { overviewSentence, verdictOf } from './overview-words.js';
import { planAttention, type Reachable } from './plan-attention.js';
import { RecentAnswer } from './recent-answer.js';
import { unprotectedDirectories } from './unprotected.js';
import { VaultSpaces } from './vault-spaces.js';

const MAX_ATTENTION = 50;
const MAX_RUNNING = 50;
const MAX_WAITING = 20;
const MAX_NEXT = 10;
const MAX_UNPROTECTED = 50;
const FEW_PLANS = 500;
const MAX_AGE_MS = 10_000;

/** What depends on all plans, and how they do. */
interface AllPlans {
  readonly judged: readonly JudgedPlan[];
  readonly places: readonly PlanPlace[];
  readonly next: Overview['next'];
  readonly safeSince: Date | null;
}

/** Is everything safe? One answer of bounded size, however many plans, runs and machines there are. */
@Injectable()
export class Overviews {
  readonly #plans = new RecentAnswer(
    () => this.#allPlans(new Date()),
    // To judge ten thousand plans takes a second or so.
    ({ judged }) => (judged.length < FEW_PLANS ? 0 : Math.min(judged.length / 2, MAX_AGE_MS)),
  );

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
    private readonly feed: LiveFeed,
    private readonly spaces: VaultSpaces,
  ) {}

  async now(now = new Date()): Promise<Overview> {
    const [plans, agents, receivers, knownAgents, vaults, alerts, running, waiting, last, steps] =
      await Promise.all([
        this.#plans.get(),
        this.presence.agents().catch(noneWhileAway),
        this.presence.receivers().catch(noneWhileAway),
        listAgents(this.ledger),
        this.spaces.all(now),
        openAlerts(this.ledger),
        openRunsOf(this.ledger, ['running', 'queued'], MAX_RUNNING),
        openRunsOf(this.ledger, ['waiting'], MAX_WAITING),
        lastBackup(this.ledger),
        firstSteps(this.ledger),
      ]);
    const online = receivers.filter((one) => one.online).map(({ presence }) => presence);
    const reachable: Reachable = {
      agents: new Set(agents.filter((one) => one.online).map(({ presence }) => presence.agentId)),
      vaults: new Set(online.map(({ vaultId }) => vaultId)),
      vaultOf: new Map(plans.places.map(({ planId, vaultId }) => [planId, vaultId])),
    };
    const health = plans.judged.map((one) => one.health);
    const counts = countStates(health);
    const verdict = verdictOf(counts);
    const points = health.filter(({ state }) => state !== 'paused').map((one) => one.recoveryPoint);
    const oldest = points.reduce<number | null>(
      (most, { heldSeconds }) => (heldSeconds === null ? most : Math.max(most ?? 0, heldSeconds)),
      null,
    );
    const attention = worstFirst(planAttention(plans.judged, reachable), alertAttention(alerts));
    const unprotected = unprotectedDirectories(agents, plans.places);
    const agentIds = new Set([
      ...knownAgents.map(({ id }) => id),
      ...agents.map(({ presence }) => presence.agentId),
    ]);
    return {
      at: now.toISOString(),
      ...{ verdict, sentence: overviewSentence(counts, oldest), oldestHeldSeconds: oldest },
      safeSince: verdict === 'healthy' ? (plans.safeSince?.toISOString() ?? null) : null,
      plans: { total: health.length, counts, broken: points.filter(({ broken }) => broken).length },
      attention: { items: attention.slice(0, MAX_ATTENTION), total: attention.length },
      running: this.#runs(running),
      waiting: this.#runs(waiting),
      next: plans.next,
      lastBackup: last && lastBackupOf(last),
      unprotected: { items: unprotected.slice(0, MAX_UNPROTECTED), total: unprotected.length },
      vaults,
      agents: { total: agentIds.size, online: reachable.agents.size },
      receivers: {
        total: receivers.length,
        online: online.length,
        draining: online.filter(({ draining }) => draining).length,
        activeSessions: sumOf(online.map(({ activeSessions }) => activeSessions)),
        maxClients: sumOf(online.map(({ maxClients }) => maxClients)),
      },
      setup: { receiver: vaults.length > 0, agent: agentIds.size > 0, plan: health.length > 0, ...steps },
    };
  }

  async #allPlans(now: Date): Promise<AllPlans> {
    const [judged, places, since] = await Promise.all([
      judgePlans(this.ledger, now),
      readPlanPlaces(this.ledger),
      safeSince(this.ledger),
    ]);
    return { judged, places, next: soonest(judged, now), safeSince: since };
  }

  #runs({ items, total }: { readonly items: readonly Run[]; readonly total: number }): {
    items: OverviewRun[];
    total: number;
  } {
    return {
      items: items.map(({ id, planId, planName, agentId, kind, state, reason, ...run }) => ({
        ...{ runId: id, planId, planName, agentId, kind, state, reason },
        ...{ scheduledFor: run.scheduledFor, startedAt: run.startedAt, receiverId: run.receiverId },
        progress: state === 'running' ? this.feed.progressOf(id) : null,
      })),
      total,
    };
  }
}

function worstFirst(...lists: readonly Attention[][]): Attention[] {
  const all = lists.flat();
  return [
    ...all.filter(({ severity }) => severity === 'critical'),
    ...all.filter(({ severity }) => severity === 'warning'),
  ];
}

function soonest(judged: readonly JudgedPlan[], now: Date): Overview['next'] {
  return judged
    .filter(({ plan }) => plan.pausedAt === null)
    .map(({ plan: { planId, planName, agentId, schedule, dueFrom } }) => ({
      ...{ planId, planName, agentId },
      dueAt: nextDueTime(schedule, dueFrom > now ? dueFrom : now).toISOString(),
    }))
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0))
    .slice(0, MAX_NEXT);
}

function lastBackupOf({ id, planId, planName, agentId, state, ...run }: Run): Overview['lastBackup'] {
  return {
    ...{ runId: id, planId, planName, agentId, state },
    finishedAt: run.finishedAt ?? run.scheduledFor,
    files: run.counts.files,
    bytesStored: run.counts.bytesStored,
  };
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0);
}
