import { Inject, Injectable } from '@nestjs/common';
import { AgentPresence, RECEIVERS_KEY, ReceiverPresence, agentPresenceKey } from '@periodic-backup/contracts';
import { listAgents, type Ledger } from '@periodic-backup/ledger';
import { readAgents, textsOf, type RedisClient } from '@periodic-backup/platform';
import { ProblemError } from '../http/problem.js';
import { Heartbeats, type Announced } from './heartbeats.js';
import { LEDGER, REDIS } from './tokens.js';

export type { Announced };

/** Who announces itself in Redis now. */
@Injectable()
export class Presence {
  readonly #receivers = new Heartbeats(ReceiverPresence);
  readonly #agents = new Heartbeats(AgentPresence);

  constructor(
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LEDGER) private readonly ledger: Ledger,
  ) {}

  /** @throws ProblemError 503 while Redis is away */
  receivers(): Promise<Announced<ReceiverPresence>[]> {
    return this.#read(() => this.redis.hgetall(RECEIVERS_KEY).then((fields) => this.#receivers.all(fields)));
  }

  /** Of all agents that the ledger knows. @throws ProblemError 503 while Redis is away */
  async agents(): Promise<Announced<AgentPresence>[]> {
    const ids = (await listAgents(this.ledger)).map(({ id }) => id);
    return this.#read(async () =>
      this.#agents.own(ids, await textsOf(this.redis, ids.map(agentPresenceKey)), ({ agentId }) => agentId),
    );
  }

  /** Null if it does not announce itself. Costs the same with any number of agents. @throws ProblemError 503 */
  agent(agentId: string): Promise<Announced<AgentPresence> | null> {
    return this.#read(async () => (await readAgents(this.redis, [agentId])).get(agentId) ?? null);
  }

  async #read<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (cause) {
      throw new ProblemError(
        503,
        'Redis, where agents and receivers announce themselves, does not answer now.',
        {
          cause,
        },
      );
    }
  }
}

/** While Redis is away nobody is known to be online; for views that the ledger can answer without. */
export function noneWhileAway(error: unknown): never[] {
  if (error instanceof ProblemError && error.status === 503) return [];
  throw error;
}

/** The same for one of them. */
export function unknownWhileAway(error: unknown): null {
  noneWhileAway(error);
  return null;
}
