import { Cluster, type Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { RedisClient } from './redis.js';

const RETRY_MS = 200;
const PING_MS = 5000;

/**
 * Messages of pub/sub channels, on a connection of its own. Whenever that is lost it is made again, in a cluster to
 * any node that is there, for each node passes on what was published at another; then `onGap` says that messages
 * may have been missed.
 */
export class ChannelSubscription {
  #connection: Redis | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #heard = false;

  constructor(
    private readonly redis: RedisClient,
    private readonly wanted: { readonly channels: readonly string[]; readonly patterns?: readonly string[] },
    private readonly listener: { onMessage(text: string, channel: string): void; onGap(): void },
    private readonly logger: Logger,
    private readonly pingMs = PING_MS,
  ) {
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#connection?.disconnect();
  }

  #connect(): void {
    const server = this.redis instanceof Cluster ? anyOf(this.redis.nodes()) : this.redis;
    if (!server) return this.#connectLater();
    const connection = server.duplicate({
      maxRetriesPerRequest: null,
      enableOfflineQueue: true,
      lazyConnect: false,
      retryStrategy: () => null,
    });
    this.#connection = connection;
    connection.on('error', (error: Error) =>
      this.logger.debug({ error: error.message }, 'live events pause'),
    );
    // A subscriber sends nothing by itself: without this a server that went silent would never be noticed.
    const pings = setInterval(() => void connection.ping().catch(() => undefined), this.pingMs);
    connection.on('end', () => {
      clearInterval(pings);
      this.#connectLater();
    });
    connection.on('message', (channel: string, text: string) => this.listener.onMessage(text, channel));
    connection.on('pmessage', (_pattern: string, channel: string, text: string) =>
      this.listener.onMessage(text, channel),
    );
    const { channels, patterns = [] } = this.wanted;
    Promise.all([
      connection.subscribe(...channels),
      ...patterns.map((pattern) => connection.psubscribe(pattern)),
    ]).then(
      () => {
        if (this.#heard) this.listener.onGap();
        this.#heard = true;
      },
      () => {
        if (connection.status !== 'end') connection.disconnect();
      },
    );
  }

  #connectLater(): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => this.#connect(), RETRY_MS);
  }
}

function anyOf<T>(choices: readonly T[]): T | undefined {
  return choices[Math.floor(Math.random() * choices.length)];
}
