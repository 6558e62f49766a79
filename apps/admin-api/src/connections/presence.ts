import { Inject, Injectable } from '@nestjs/common';
import { AGENTS_KEY, AgentPresence, RECEIVERS_KEY, ReceiverPresence } from '@periodic-backup/contracts';
import { readPresence, type RedisClient } from '@periodic-backup/platform';
import { ProblemError } from '../http/problem.js';
import { REDIS } from './tokens.js';

export interface Announced<T> {
  readonly presence: T;
  readonly online: boolean;
}

/** Who announces itself in Redis now. */
@Injectable()
export class Presence {
  constructor(@Inject(REDIS) private readonly redis: RedisClient) {}

  /** @throws ProblemError 503 while Redis is away */
  receivers(): Promise<Announced<ReceiverPresence>[]> {
    return this.#read(() => readPresence(this.redis, RECEIVERS_KEY, ReceiverPresence));
  }

  /** @throws ProblemError 503 while Redis is away */
  agents(): Promise<Announced<AgentPresence>[]> {
    return this.#read(() => readPresence(this.redis, AGENTS_KEY, AgentPresence));
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
