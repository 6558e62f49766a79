import {
  Damage,
  RunError,
  VERIFICATION_KEPT_SECONDS,
  verificationKey,
  type TaskOrder,
} from '@periodic-backup/contracts';
import type { RedisClient } from '@periodic-backup/platform';
import { z } from 'zod';

const PartProgress = z.object({ filesRead: z.int().nonnegative(), bytesRead: z.int().nonnegative() });
export type PartProgress = z.infer<typeof PartProgress>;

/** What became of a part of a verification. */
export const PartResult = PartProgress.extend({
  damages: z.array(Damage),
  damageCount: z.int().nonnegative(),
  error: RunError.nullable(),
});
export type PartResult = z.infer<typeof PartResult>;

export interface BoardState {
  /** By where the part begins: base64, empty for the first. */
  readonly results: ReadonlyMap<string, PartResult>;
  readonly live: ReadonlyMap<string, PartProgress>;
}

type Attempt = Pick<TaskOrder, 'runId' | 'epoch'>;

/**
 * Where receivers that share a verification tell each other of its parts: a hash in Redis per run. Losing it costs the
 * work that is noted there and nothing else.
 */
export class PartBoard {
  constructor(
    private readonly redis: RedisClient,
    private readonly vaultId: string,
  ) {}

  /** Makes this the attempt that counts; false if a newer one is. */
  async begin(attempt: Attempt): Promise<boolean> {
    if (!(await this.isCurrent(attempt))) return false;
    await this.#set(attempt, { epoch: String(attempt.epoch) });
    return true;
  }

  /** False once a newer attempt of the run has begun. */
  async isCurrent(attempt: Attempt): Promise<boolean> {
    return Number(await this.redis.hget(this.#key(attempt), 'epoch')) <= attempt.epoch;
  }

  /** How often the part was begun, this time included. */
  async countStart(attempt: Attempt, from: string | null): Promise<number> {
    return this.redis.hincrby(this.#key(attempt), fieldOf(attempt, 'starts', from), 1);
  }

  async noteProgress(attempt: Attempt, from: string | null, progress: PartProgress): Promise<void> {
    const { filesRead, bytesRead } = progress;
    await this.#set(attempt, {
      [fieldOf(attempt, 'live', from)]: JSON.stringify({ filesRead, bytesRead }),
    });
  }

  async noteResult(attempt: Attempt, from: string | null, result: PartResult): Promise<void> {
    await this.#set(attempt, { [fieldOf(attempt, 'result', from)]: JSON.stringify(result) });
  }

  async read(attempt: Attempt): Promise<BoardState> {
    const results = new Map<string, PartResult>();
    const live = new Map<string, PartProgress>();
    for (const [field, text] of Object.entries(await this.redis.hgetall(this.#key(attempt)))) {
      const [epoch, kind, from] = field.split('.');
      if (epoch !== String(attempt.epoch) || from === undefined) continue;
      if (kind === 'result') results.set(from, PartResult.parse(JSON.parse(text)));
      if (kind === 'live') live.set(from, PartProgress.parse(JSON.parse(text)));
    }
    return { results, live };
  }

  async #set(attempt: Attempt, fields: Record<string, string>): Promise<void> {
    const key = this.#key(attempt);
    await this.redis.hset(key, fields);
    await this.redis.expire(key, VERIFICATION_KEPT_SECONDS);
  }

  #key({ runId }: Attempt): string {
    return verificationKey(this.vaultId, runId);
  }
}

function fieldOf({ epoch }: Attempt, kind: 'result' | 'live' | 'starts', from: string | null): string {
  return `${epoch}.${kind}.${from ?? ''}`;
}
