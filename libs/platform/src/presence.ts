import {
  AgentPresence,
  PRESENCE_INTERVAL_MS,
  PRESENCE_TTL_MS,
  agentPresenceKey,
} from '@periodic-backup/contracts';
import { Cluster } from 'ioredis';
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { RedisClient } from './redis.js';

/** Where a process announces itself. */
export interface PresencePlace {
  put(redis: RedisClient, text: string): Promise<unknown>;
  remove(redis: RedisClient): Promise<unknown>;
}

/** A field of a hash that several share; it stays until it is removed. */
export function sharedPlace(key: string, id: string): PresencePlace {
  return { put: (redis, text) => redis.hset(key, id, text), remove: (redis) => redis.hdel(key, id) };
}

/** A key of the process's own, which expires by itself. */
export function ownPlace(key: string): PresencePlace {
  return {
    put: (redis, text) => redis.set(key, text, 'PX', PRESENCE_TTL_MS),
    remove: (redis) => redis.del(key),
  };
}

/** Announces a process at once and every 2 s until `stop()`, which withdraws it. */
export class PresenceAnnouncer {
  #timer: NodeJS.Timeout | undefined;
  #busy = false;

  constructor(
    private readonly redis: RedisClient,
    private readonly place: PresencePlace,
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
      await this.place.put(this.redis, JSON.stringify(presence));
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'heartbeat not delivered');
    } finally {
      this.#busy = false;
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.place.remove(this.redis).catch(() => undefined);
  }
}

/**
 * Everything announced in a shared place that fits the schema. `online` is false when the last heartbeat is older than
 * 10 s. What does not fit is left out: another version may have written it.
 */
export async function readPresence<T extends z.ZodType<{ seenAt: string }>>(
  redis: RedisClient,
  key: string,
  schema: T,
  nowMs = Date.now(),
): Promise<{ presence: z.output<T>; online: boolean }[]> {
  return fitting(Object.values(await redis.hgetall(key)), schema, nowMs);
}

/** Of these agents those that announce themselves, by id. What speaks for another agent than its key is left out. */
export async function readAgents(
  redis: RedisClient,
  ids: readonly string[],
  nowMs = Date.now(),
): Promise<Map<string, { presence: AgentPresence; online: boolean }>> {
  const texts = await textsOf(redis, ids.map(agentPresenceKey));
  return new Map(
    ids.flatMap((id, at) => {
      const text = texts[at] ?? null;
      const [agent] = text === null ? [] : fitting([text], AgentPresence, nowMs);
      return agent?.presence.agentId === id ? [[id, agent] as const] : [];
    }),
  );
}

/** So many keys are asked for in one command: two thousand agents are four of them. */
const KEYS_AT_ONCE = 500;

/** What is there under these keys, in their order. */
export async function textsOf(redis: RedisClient, keys: readonly string[]): Promise<(string | null)[]> {
  // In a cluster each key is at a node of its own: one command each, sent together.
  if (redis instanceof Cluster) return Promise.all(keys.map((key) => redis.get(key)));
  const asked: Promise<(string | null)[]>[] = [];
  for (let at = 0; at < keys.length; at += KEYS_AT_ONCE)
    asked.push(redis.mget(...keys.slice(at, at + KEYS_AT_ONCE)));
  return (await Promise.all(asked)).flat();
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
