import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { REVOCATIONS_KEY, proveKey, type RevocationList } from '@periodic-backup/contracts';
import { revokedSerials, type Ledger } from '@periodic-backup/ledger';
import type { Logger, RedisClient } from '@periodic-backup/platform';
import { LEDGER, LOGGER, REDIS } from '../connections/tokens.js';
import { FleetAuthority } from './fleet-authority.js';

const REPEAT_MS = 5_000;

/** Tells receivers in Redis, signed, which certificates are revoked; again and again, for Redis may be wiped. */
@Injectable()
export class RevocationBoard implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly authority: FleetAuthority,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.publish();
    this.#timer = setInterval(() => void this.publish(), REPEAT_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Receivers know it at their next heartbeat. Never fails: it is repeated. */
  async publish(): Promise<void> {
    const { ticketKey } = this.authority;
    if (!ticketKey) return;
    try {
      const issuedAt = Date.now();
      const claims = {
        v: 1 as const,
        issuedAt,
        serials: await revokedSerials(this.ledger, new Date(issuedAt)),
      };
      const list: RevocationList = { ...claims, proof: proveKey('revocations', claims, ticketKey) };
      await this.redis.set(REVOCATIONS_KEY, JSON.stringify(list));
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'revocations not published; trying again');
    }
  }
}
