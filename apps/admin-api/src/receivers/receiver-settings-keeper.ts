import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RECEIVER_SETTINGS_KEY, type ReceiverSettings } from '@periodic-backup/contracts';
import { listReceiverSettings, setReceiverMaxClients, type Ledger } from '@periodic-backup/ledger';
import type { Logger, RedisClient } from '@periodic-backup/platform';
import { LEDGER, LOGGER, REDIS } from '../connections/tokens.js';

const REWRITE_INTERVAL_MS = 5000;

/** Keeps the receivers' settings of the ledger in Redis, where receivers read them; a wiped Redis heals within 5 s. */
@Injectable()
export class ReceiverSettingsKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.#rewrite();
    this.#timer = setInterval(() => void this.#rewrite(), REWRITE_INTERVAL_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Stored once this resolves; in Redis then or within 5 s. */
  async set(receiverId: string, maxClients: number): Promise<void> {
    await setReceiverMaxClients(this.ledger, receiverId, maxClients);
    await this.#rewrite();
  }

  async #rewrite(): Promise<void> {
    try {
      const settings = await listReceiverSettings(this.ledger);
      if (settings.length === 0) return;
      const fields = settings.map(({ receiverId, maxClients }): [string, string] => [
        receiverId,
        JSON.stringify({ maxClients } satisfies ReceiverSettings),
      ]);
      await this.redis.hset(RECEIVER_SETTINGS_KEY, Object.fromEntries(fields));
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'receiver settings not written; trying again');
    }
  }
}
