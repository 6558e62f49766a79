import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import {
  RECEIVER_SETTINGS_KEY,
  VAULT_LIMITS_KEY,
  type ReceiverSettings,
  type VaultChange,
  type VaultLimits,
} from '@periodic-backup/contracts';
import {
  allVaultLimits,
  listReceiverSettings,
  setReceiverSettings,
  setVaultLimits,
  type Ledger,
} from '@periodic-backup/ledger';
import type { Logger, RedisClient } from '@periodic-backup/platform';
import { LEDGER, LOGGER, REDIS } from '../connections/tokens.js';

const REWRITE_INTERVAL_MS = 5000;

/**
 * Keeps in Redis, where receivers read it, what the ledger says of receivers and vaults; a wiped Redis heals within
 * 5 s.
 */
@Injectable()
export class SettingsKeeper implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;
  #rewriting: Promise<void> = Promise.resolve();

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
  async setReceiver(receiverId: string, change: ReceiverSettings): Promise<void> {
    await setReceiverSettings(this.ledger, receiverId, change);
    await this.#rewrite();
  }

  /** The same for a vault. */
  async setVault(vaultId: string, change: VaultChange): Promise<void> {
    await setVaultLimits(this.ledger, vaultId, change);
    await this.#rewrite();
  }

  /** One after the other: what an earlier one read must not overwrite what a later one wrote. */
  #rewrite(): Promise<void> {
    this.#rewriting = this.#rewriting.then(() => this.#readAndWrite());
    return this.#rewriting;
  }

  async #readAndWrite(): Promise<void> {
    try {
      const [settings, limits] = await Promise.all([
        listReceiverSettings(this.ledger),
        allVaultLimits(this.ledger),
      ]);
      await this.#write(
        RECEIVER_SETTINGS_KEY,
        settings.map(({ receiverId, maxClients, draining }) => [
          receiverId,
          { ...(maxClients === null ? {} : { maxClients }), draining } satisfies ReceiverSettings,
        ]),
      );
      await this.#write(VAULT_LIMITS_KEY, [...limits] satisfies [string, VaultLimits][]);
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'settings not written to Redis; trying again');
    }
  }

  async #write(key: string, values: readonly [string, object][]): Promise<void> {
    if (values.length === 0) return;
    const fields = values.map(([field, value]) => [field, JSON.stringify(value)]);
    await this.redis.hset(key, Object.fromEntries(fields) as Record<string, string>);
  }
}
