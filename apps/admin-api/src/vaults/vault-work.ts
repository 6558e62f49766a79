import { Inject, Injectable } from '@nestjs/common';
import { signTicket, vaultQueue, type VaultJob } from '@periodic-backup/contracts';
import { openQueue, type Logger, type RedisClient } from '@periodic-backup/platform';
import { LOGGER, REDIS } from '../connections/tokens.js';
import { FleetAuthority } from '../fleet/fleet-authority.js';
import { ProblemError } from '../http/problem.js';

/** It may have to wait for a receiver. */
const REINDEX_LIFE_SECONDS = 24 * 3600;

/** Puts work on a vault's queue, where the next free receiver of the vault takes it. */
@Injectable()
export class VaultWork {
  constructor(
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly authority: FleetAuthority,
  ) {}

  /**
   * A receiver reports every snapshot of the vault, as soon as one is there; the scheduler records what it did not
   * know. Asked again before that has begun, it is still done once. @throws ProblemError 503 while Redis is away, 501
   *   without the key of tickets
   */
  async reindex(vaultId: string): Promise<void> {
    const job: VaultJob = { type: 'reindex', ticket: this.#ticket(vaultId) };
    const queue = openQueue(vaultQueue(vaultId), this.redis, this.logger);
    try {
      await queue.add(job.type, job, { deduplication: { id: job.type } });
    } catch (cause) {
      throw new ProblemError(503, 'Redis, which carries work to receivers, does not answer now.', { cause });
    } finally {
      await queue.close();
    }
  }

  #ticket(vaultId: string): string {
    const { ticketKey } = this.authority;
    if (!ticketKey)
      throw new ProblemError(
        501,
        'This API cannot order work on a vault: set TICKET_PRIVATE_KEY_FILE and TICKET_PUBLIC_KEY_FILE to the files of the scheduler.',
      );
    const nbf = Math.floor(Date.now() / 1000);
    const claims = { v: 1 as const, verb: 'maintain' as const, vaultId, orderDigest: null };
    return signTicket({ ...claims, nbf, exp: nbf + REINDEX_LIFE_SECONDS }, ticketKey);
  }
}
