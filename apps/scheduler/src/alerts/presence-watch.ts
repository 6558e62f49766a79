import { Injectable } from '@nestjs/common';
import {
  largestNewestSnapshots,
  listAgents,
  livePlans,
  vaultNames,
  type PlanRow,
} from '@periodic-backup/ledger';
import { PresenceReader } from '../dispatch/presence-reader.js';
import type { Surroundings } from '../dispatch/choose-offers.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import type { AgentFacts, VaultFacts } from './findings/presence-findings.js';

type Receivers = Surroundings['receivers'];

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
  async look(now: Date): Promise<{ agents: AgentFacts[]; vaults: VaultFacts[] } | null> {
    if (!this.runtime.redisIsThere || !this.runtime.redisIsSettled(now.getTime())) {
      this.#listeningSince = null;
      return null;
    }
    this.#listeningSince ??= now;
    const { ledger } = this.runtime;
    const [announcedAgents, receivers] = await Promise.all([
      this.presence.agents(),
      this.presence.receivers(),
    ]);
    const [plans, known, names, sizes] = await Promise.all([
      livePlans(ledger),
      listAgents(ledger),
      vaultNames(ledger),
      largestNewestSnapshots(ledger),
    ]);
    const wanted = plans.filter(({ pausedAt }) => pausedAt === null);
    const recorded = new Map(known.map(({ id, lastSeenAt }) => [id, lastSeenAt]));
    return {
      agents: groupedBy(wanted, 'agentId').map(([agentId, planIds]) => {
        const announced = announcedAgents.get(agentId);
        const online = announced?.online ?? false;
        if (online) this.#agentSeen.set(agentId, now);
        const lastSeenAt = latest(
          this.#agentSeen.get(agentId),
          recorded.get(agentId),
          announced && new Date(announced.presence.seenAt),
        );
        return { agentId, planIds, online, lastSeenAt, silentSince: this.#since(lastSeenAt, now) };
      }),
      vaults: groupedBy(wanted, 'vaultId').flatMap(([vaultId, planIds]) => {
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
            largestSnapshotBytes: sizes.get(vaultId) ?? 0,
          },
        ];
      }),
    };
  }

  #since(lastSeenAt: Date | null, now: Date): Date {
    return latest(lastSeenAt ?? undefined, this.#listeningSince ?? now) ?? now;
  }
}

function groupedBy(plans: readonly PlanRow[], member: 'agentId' | 'vaultId'): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const plan of plans) {
    const group = groups.get(plan[member]);
    if (group) group.push(plan.id);
    else groups.set(plan[member], [plan.id]);
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
