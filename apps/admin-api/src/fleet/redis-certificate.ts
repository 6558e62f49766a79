import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { provisionServer } from '@periodic-backup/authority';
import { parseRedisUrl, type Logger, type RedisClient } from '@periodic-backup/platform';
import { Cluster } from 'ioredis';
import type { AdminApiConfig } from '../config.js';
import { LOGGER, REDIS } from '../connections/tokens.js';
import { FleetAuthority } from './fleet-authority.js';
import { ADMIN_API_CONFIG } from './invitation-desk.js';

const LOOK_EVERY_MS = 3_600_000;

/** Keeps the certificate of a Redis that shares a folder with us from running out. */
@Injectable()
export class RedisCertificate implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ADMIN_API_CONFIG) private readonly config: AdminApiConfig,
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly authority: FleetAuthority,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.REDIS_TLS_DIR === undefined) return;
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    try {
      if (!(await fillRedisFolder(this.config, this.authority))) return;
      for (const node of this.redis instanceof Cluster ? this.redis.nodes('all') : [this.redis])
        await reload((...args) => node.call('CONFIG', ...args));
      this.logger.info('Redis has a new certificate');
    } catch (error) {
      this.logger.warn({ error: (error as Error).message }, 'the certificate of Redis cannot be renewed');
    }
  }
}

/** Redis reads its certificate again when a setting of TLS changes, and only then. */
async function reload(config: (...args: string[]) => Promise<unknown>): Promise<void> {
  const [, seconds] = (await config('GET', 'tls-session-cache-timeout')) as string[];
  await config('SET', 'tls-session-cache-timeout', String(Number(seconds) === 300 ? 299 : 300));
}

/** The folder that Redis reads its certificate from holds one that is good. True if it is new. */
export async function fillRedisFolder(config: AdminApiConfig, authority: FleetAuthority): Promise<boolean> {
  const { REDIS_TLS_DIR: directory, REDIS_URL, FLEET_REDIS_URL, PROVISION_READABLE } = config;
  if (directory === undefined) return false;
  const hosts = [REDIS_URL, FLEET_REDIS_URL, 'redis://localhost'].flatMap((url) =>
    url === undefined ? [] : hostsOf(url),
  );
  const mode = PROVISION_READABLE === 'all' ? 0o644 : 0o600;
  return provisionServer(authority.required, { directory, hosts: [...new Set(hosts)], mode });
}

function hostsOf(url: string): string[] {
  const address = parseRedisUrl(url);
  switch (address.kind) {
    case 'server':
      return [address.host.host];
    case 'sentinel':
      return address.sentinels.map(({ host }) => host);
    case 'cluster':
      return address.nodes.map(({ host }) => host);
  }
}
