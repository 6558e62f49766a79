import { Injectable } from '@nestjs/common';
import { RECEIVERS_KEY, ReceiverPresence } from '@periodic-backup/contracts';
import { readAgents, readPresence } from '@periodic-backup/platform';
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
    const [agents, receivers] = await Promise.all([this.agents(ids), this.receivers()]);
    return (agentId) => ({ agent: agents.get(agentId) ?? null, receivers });
  }

  /** Those of the agents that announce themselves, by id; each only speaks for itself. */
  agents(ids: readonly string[]): Promise<ReadonlyMap<string, NonNullable<Surroundings['agent']>>> {
    return readAgents(this.runtime.producerRedis, ids);
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
