import { Inject, Injectable } from '@nestjs/common';
import { vaultQueue, type VaultJob } from '@periodic-backup/contracts';
import { openQueue, type Logger, type RedisClient } from '@periodic-backup/platform';
import { LOGGER, REDIS } from '../connections/tokens.js';
import { ProblemError } from '../http/problem.js';

/** Puts work on a vault's queue, where the next free receiver of the vault takes it. */
@Injectable()
export class VaultWork {
  constructor(
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A receiver reports every snapshot of the vault, as soon as one is there; the scheduler records what it did not
   * know. Asked again before that has begun, it is still done once. @throws ProblemError 503 while Redis is away
   */
  async reindex(vaultId: string): Promise<void> {
    const job: VaultJob = { type: 'reindex' };
    const queue = openQueue(vaultQueue(vaultId), this.redis, this.logger);
    try {
      await queue.add(job.type, job, { deduplication: { id: job.type } });
    } catch (cause) {
      throw new ProblemError(503, 'Redis, which carries work to receivers, does not answer now.', { cause });
    } finally {
      await queue.close();
    }
  }
}
