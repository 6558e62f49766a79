import { PRESENCE_INTERVAL_MS, PRESENCE_TTL_MS } from '@periodic-backup/contracts';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { RedisClient } from './redis.js';

/** Announces a process under `key`/`id` at once and every 2 s until `stop()`, which withdraws it. */
export class PresenceAnnouncer {
  #timer: NodeJS.Timeout | undefined;
  #busy = false;

  constructor(
    private readonly redis: RedisClient,
    private readonly key: string,
    private readonly id: string,
    private readonly describe: () => object | Promise<object>,
    private readonly logger: Logger,
  ) {}

  async start(): Promise<void> {
    await this.announce();
    this.#timer = setInterval(() => void this.announce(), PRESENCE_INTERVAL_MS);
  }

  /** Announces now: after a change that others should see soon. Never throws: the next beat repeats it. */
  async announce(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const presence = { ...(await this.describe()), seenAt: new Date().toISOString() };
      await this.redis.hset(this.key, this.id, JSON.stringify(presence));
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'heartbeat not delivered');
    } finally {
      this.#busy = false;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.redis.hdel(this.key, this.id).catch(() => undefined);
  }
}

/**
 * Everything announced under `key` that fits the schema. `online` is false when the last heartbeat is older than
 * 10 s. Fields that do not fit are left out: another version may have written them.
 */
export async function readPresence<T extends z.ZodType<{ seenAt: string }>>(
  redis: RedisClient,
  key: string,
  schema: T,
  nowMs = Date.now(),
): Promise<{ presence: z.output<T>; online: boolean }[]> {
  return fitting(Object.values(await redis.hgetall(key)), schema, nowMs);
}

/** The same of those with these ids, whatever the number of the others. */
export async function readPresenceOf<T extends z.ZodType<{ seenAt: string }>>(
  redis: RedisClient,
  key: string,
  ids: readonly string[],
  schema: T,
  nowMs = Date.now(),
): Promise<{ presence: z.output<T>; online: boolean }[]> {
  if (ids.length === 0) return [];
  const texts = await redis.hmget(key, ...ids);
  return fitting(
    texts.filter((text) => text !== null),
    schema,
    nowMs,
  );
}

function fitting<T extends z.ZodType<{ seenAt: string }>>(
  texts: readonly string[],
  schema: T,
  nowMs: number,
): { presence: z.output<T>; online: boolean }[] {
  return texts.flatMap((text) => {
    const parsed = schema.safeParse(parseJson(text));
    if (!parsed.success) return [];
    return [{ presence: parsed.data, online: nowMs - Date.parse(parsed.data.seenAt) < PRESENCE_TTL_MS }];
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
