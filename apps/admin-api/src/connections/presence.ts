import { Inject, Injectable } from '@nestjs/common';
import { AGENTS_KEY, AgentPresence, RECEIVERS_KEY, ReceiverPresence } from '@periodic-backup/contracts';
import type { RedisClient } from '@periodic-backup/platform';
import { ProblemError } from '../http/problem.js';
import { Heartbeats, type Announced } from './heartbeats.js';
import { REDIS } from './tokens.js';

export type { Announced };

/** Who announces itself in Redis now. */
@Injectable()
export class Presence {
  readonly #receivers = new Heartbeats(ReceiverPresence);
  readonly #agents = new Heartbeats(AgentPresence);

  constructor(@Inject(REDIS) private readonly redis: RedisClient) {}

  /** @throws ProblemError 503 while Redis is away */
  receivers(): Promise<Announced<ReceiverPresence>[]> {
    return this.#read(() => this.redis.hgetall(RECEIVERS_KEY).then((fields) => this.#receivers.all(fields)));
  }

  /** @throws ProblemError 503 while Redis is away */
  agents(): Promise<Announced<AgentPresence>[]> {
    return this.#read(() => this.redis.hgetall(AGENTS_KEY).then((fields) => this.#agents.all(fields)));
  }

  /** Null if it never announced itself. Costs the same with any number of agents. @throws ProblemError 503 */
  agent(agentId: string): Promise<Announced<AgentPresence> | null> {
    return this.#read(async () => this.#agents.one(await this.redis.hget(AGENTS_KEY, agentId)));
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
