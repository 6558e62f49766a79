import { Injectable } from '@nestjs/common';
import { AGENTS_KEY, AgentPresence, RECEIVERS_KEY, ReceiverPresence } from '@periodic-backup/contracts';
import { readPresence, readPresenceOf } from '@periodic-backup/platform';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { VaultKeys } from '../vaults/vault-keys.js';
import type { Surroundings } from './choose-offers.js';

/** Reads heartbeats. Throws while Redis is away. */
@Injectable()
export class PresenceReader {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly vaultKeys: VaultKeys,
  ) {}

  /** What one run needs to know, with one look at one agent. */
  async around(agentId: string): Promise<Surroundings> {
    return (await this.aroundEach([agentId]))(agentId);
  }

  /** The same for runs of several agents, with one look at those and at no other. */
  async aroundEach(agentIds: Iterable<string>): Promise<(agentId: string) => Surroundings> {
    const ids = [...new Set(agentIds)];
    const [announced, receivers] = await Promise.all([
      readPresenceOf(this.runtime.producerRedis, AGENTS_KEY, ids, AgentPresence),
      this.receivers(),
    ]);
    const agents = byId(announced);
    return (agentId) => ({ agent: agents.get(agentId) ?? null, receivers });
  }

  /** Every agent that announced itself, by id. */
  async agents(): Promise<ReadonlyMap<string, NonNullable<Surroundings['agent']>>> {
    return byId(await readPresence(this.runtime.producerRedis, AGENTS_KEY, AgentPresence));
  }

  /** Every receiver that announced itself. Pins the key of a vault that is seen for the first time. */
  async receivers(): Promise<Surroundings['receivers']> {
    const receivers = await readPresence(this.runtime.producerRedis, RECEIVERS_KEY, ReceiverPresence);
    return Promise.all(
      receivers.map(async (receiver) => ({
        ...receiver,
        trusted: await this.vaultKeys.admit(receiver.presence),
      })),
    );
  }
}

function byId(
  agents: readonly NonNullable<Surroundings['agent']>[],
): ReadonlyMap<string, NonNullable<Surroundings['agent']>> {
  return new Map(agents.map((agent) => [agent.presence.agentId, agent]));
}
