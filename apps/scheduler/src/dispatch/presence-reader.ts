import { Injectable } from '@nestjs/common';
import {
  AGENTS_KEY,
  AgentPresence,
  PRESENCE_TTL_MS,
  RECEIVERS_KEY,
  ReceiverPresence,
} from '@periodic-backup/contracts';
import { readPresence } from '@periodic-backup/platform';
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
    const [agent, receivers] = await Promise.all([this.#agent(agentId), this.receivers()]);
    return { agent, receivers };
  }

  /** Every agent that announced itself, by id. */
  async agents(): Promise<ReadonlyMap<string, NonNullable<Surroundings['agent']>>> {
    const agents = await readPresence(this.runtime.producerRedis, AGENTS_KEY, AgentPresence);
    return new Map(agents.map((agent) => [agent.presence.agentId, agent]));
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

  async #agent(agentId: string): Promise<Surroundings['agent']> {
    const text = await this.runtime.producerRedis.hget(AGENTS_KEY, agentId);
    if (text === null) return null;
    const presence = AgentPresence.safeParse(parseJson(text)).data;
    if (!presence) return null;
    return { presence, online: Date.now() - Date.parse(presence.seenAt) < PRESENCE_TTL_MS };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
