import { Injectable } from '@nestjs/common';
import { lastSeen, vaultNames, type AlertPlanFacts, type Ledger } from '@periodic-backup/ledger';
import { PresenceReader } from '../dispatch/presence-reader.js';
import type { Surroundings } from '../dispatch/choose-offers.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import type { AgentFacts, VaultFacts } from './findings/presence-findings.js';

type Receivers = Surroundings['receivers'];
type WatchedPlans = AlertPlanFacts['runs'];

/**
 * Who is there and for how long others have not been. Silence counts only from when this process could listen: a
 * control plane that was switched off itself must not accuse those that start with it.
 */
@Injectable()
export class PresenceWatch {
  #listeningSince: Date | null = null;
  readonly #agentSeen = new Map<string, Date>();
  readonly #vaultUsable = new Map<string, Date>();

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly presence: PresenceReader,
  ) {}

  /** Null while heartbeats cannot be read, or have not had the time to come in. */
  async look(
    ledger: Ledger,
    { plans, largestBytes }: { plans: WatchedPlans } & Pick<AlertPlanFacts, 'largestBytes'>,
    now: Date,
  ): Promise<{ agents: AgentFacts[]; vaults: VaultFacts[] } | null> {
    if (!this.runtime.redisIsThere || !this.runtime.redisIsSettled(now.getTime())) {
      this.#listeningSince = null;
      return null;
    }
    this.#listeningSince ??= now;
    const plansByAgent = groupedBy(plans, 'agentId');
    const [announcedAgents, receivers] = await Promise.all([
      this.presence.agents(plansByAgent.map(([agentId]) => agentId)),
      this.presence.receivers(),
    ]);
    const names = await vaultNames(ledger);
    const isOnline = (agentId: string): boolean => announcedAgents.get(agentId)?.online ?? false;
    const recorded = await lastSeen(
      ledger,
      plansByAgent.map(([agentId]) => agentId).filter((agentId) => !isOnline(agentId)),
    );
    return {
      agents: plansByAgent.map(([agentId, planIds]) => {
        const announced = announcedAgents.get(agentId);
        const online = isOnline(agentId);
        if (online) this.#agentSeen.set(agentId, now);
        const lastSeenAt = latest(
          this.#agentSeen.get(agentId),
          recorded.get(agentId),
          announced && new Date(announced.presence.seenAt),
        );
        return { agentId, planIds, online, lastSeenAt, silentSince: this.#since(lastSeenAt, now) };
      }),
      vaults: groupedBy(plans, 'vaultId').flatMap(([vaultId, planIds]) => {
        const vaultName = names.get(vaultId);
        if (vaultName === undefined) return [];
        const online = receivers.filter(
          (receiver) => receiver.online && receiver.presence.vaultId === vaultId,
        );
        const unusable = unusableBecause(online);
        if (unusable === null && online.length > 0) this.#vaultUsable.set(vaultId, now);
        return [
          {
            ...{ vaultId, vaultName, planIds, unusable },
            receiversOnline: online.length,
            goneSince:
              unusable === null && online.length > 0
                ? null
                : this.#since(latest(this.#vaultUsable.get(vaultId)), now),
            space: fullestOf(online),
            largestSnapshotBytes: largestBytes.get(vaultId) ?? 0,
          },
        ];
      }),
    };
  }

  #since(lastSeenAt: Date | null, now: Date): Date {
    return latest(lastSeenAt ?? undefined, this.#listeningSince ?? now) ?? now;
  }
}

function groupedBy(plans: WatchedPlans, member: 'agentId' | 'vaultId'): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const plan of plans) {
    const group = groups.get(plan[member]);
    if (group) group.push(plan.planId);
    else groups.set(plan[member], [plan.planId]);
  }
  return [...groups];
}

function unusableBecause(online: Receivers): string | null {
  if (online.length === 0) return null;
  const trusted = online.filter((receiver) => receiver.trusted);
  if (trusted.length === 0) return 'No receiver of it has the key that was pinned for it';
  return trusted.some(({ presence }) => presence.vaultWritable)
    ? null
    : 'No receiver of it can write to its target directory';
}

function fullestOf(online: Receivers): VaultFacts['space'] {
  const spaces = online.map(({ presence: { freeBytes, totalBytes } }) => ({ freeBytes, totalBytes }));
  return spaces.reduce<VaultFacts['space']>(
    (fullest, space) => (fullest === null || space.freeBytes < fullest.freeBytes ? space : fullest),
    null,
  );
}

function latest(...instants: (Date | undefined)[]): Date | null {
  return instants.reduce<Date | null>(
    (last, instant) => (instant && (last === null || instant > last) ? instant : last),
    null,
  );
}
