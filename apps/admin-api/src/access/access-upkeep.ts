import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { auditHead, forgetLogins, forgetSessions, type Ledger } from '@periodic-backup/ledger';
import type { Logger } from '@periodic-backup/platform';
import { LEDGER, LOGGER } from '../connections/tokens.js';
import { ACCESS_SETTINGS, type AccessSettings } from './access-settings.js';

const EVERY_MS = 3_600_000;

/**
 * Notes where the audit log ends, at the start and every hour: a log that was cut off, or written anew, disagrees with
 * what stands here. Drops sessions and failed logins that mean nothing any more.
 */
@Injectable()
export class AccessUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(LOGGER) private readonly logger: Logger,
    @Inject(ACCESS_SETTINGS) private readonly settings: AccessSettings,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.#round();
    this.#timer = setInterval(() => void this.#round(), EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async #round(): Promise<void> {
    try {
      const { sequence, hash } = await auditHead(this.ledger);
      this.logger.info({ head: `${sequence}:${hash}` }, 'the audit log ends here');
      const now = new Date();
      await forgetSessions(this.ledger, { now, idleMs: this.settings.sessionIdleMs });
      await forgetLogins(this.ledger, now);
    } catch (error) {
      this.logger.warn(
        { error: (error as Error).message },
        'upkeep of access failed; trying again in an hour',
      );
    }
  }
}
