import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECEIVERS_KEY } from '@periodic-backup/contracts';
import { freePort } from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import { startFurtherReceiver } from '../support/further-receiver.js';
import type { LaunchedStack } from '../support/launched-stack.js';
import type { ServiceProcess } from '../support/service-process.js';

const ANNOUNCE_EVERY_MS = 1000;

/** A receiver whose snapshots are as old as they are told to be: real ones, by real backups. */
export class PastReceiver {
  private constructor(
    private readonly service: ServiceProcess,
    private readonly redis: Redis,
    private readonly timer: NodeJS.Timeout,
    private readonly file: string,
    private readonly names: readonly string[],
  ) {}

  /** Takes backups for the vault at `target` from now on. */
  static async start(stack: LaunchedStack, target: string, vaultName: string): Promise<PastReceiver> {
    const ownName = `${vaultName}-past`;
    const shownName = `${vaultName}-now`;
    const file = join(stack.dataDir, ownName);
    writeFileSync(file, '0');
    const port = await freePort();
    const service = await startFurtherReceiver(
      stack,
      target,
      {
        ...{ RECEIVER_ID: ownName, RECEIVER_PORT: String(port), VAULT_NAME: vaultName, PAST_FILE: file },
        DRAIN_DEADLINE_SECONDS: '5',
      },
      ['--import', join(import.meta.dirname, 'past-date.js')],
    );
    const redis = new Redis(stack.redisUrl());
    const announce = async (): Promise<void> => {
      const presence = await redis.hget(RECEIVERS_KEY, ownName);
      if (presence === null) return;
      // By its own clock it went silent long ago: this says for it that it is there.
      const present = { ...(JSON.parse(presence) as object), receiverId: shownName, seenAt: new Date() };
      await redis.hset(RECEIVERS_KEY, shownName, JSON.stringify(present));
    };
    const timer = setInterval(() => void announce().catch(() => undefined), ANNOUNCE_EVERY_MS);
    return new PastReceiver(service, redis, timer, file, [ownName, shownName]);
  }

  /** The next snapshots are taken at `at`. */
  goTo(at: Date): void {
    writeFileSync(`${this.file}.new`, String(Date.now() - at.getTime()));
    renameSync(`${this.file}.new`, this.file);
  }

  /** It is gone, and nothing tells of it. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.service.stop();
    await this.redis.hdel(RECEIVERS_KEY, ...this.names);
    await this.redis.quit();
  }
}
