import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { redisRulesOf, redisUserOf, type RedisMember } from '@periodic-backup/authority';
import { listMembers, type Ledger, type MemberRow } from '@periodic-backup/ledger';
import type { Logger, RedisClient } from '@periodic-backup/platform';
import { Cluster, type Redis } from 'ioredis';
import { LEDGER, LOGGER, REDIS } from '../connections/tokens.js';

const LOOK_EVERY_MS = 5_000;

/**
 * A user in Redis for each member, as the ledger says. Redis forgets users when it is restarted, and a replica never
 * heard of them: whoever is missing is made again within seconds.
 */
@Injectable()
export class RedisUsers implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;
  /** What each user was last told, by name: rules may have changed with the version. */
  readonly #told = new Map<string, string>();
  #complained = false;
  #looking: Promise<void> | null = null;

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(REDIS) private readonly redis: RedisClient,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS);
    this.redis.on('ready', this.#onReady);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
    this.redis.off('ready', this.#onReady);
  }

  /** Brings the users in line with the ledger. Never fails: the next look repeats it. */
  look(): Promise<void> {
    this.#looking ??= this.#align()
      .catch((error: unknown) => this.#complain(error as Error))
      .finally(() => (this.#looking = null));
    return this.#looking;
  }

  /** The member can use Redis with this password, and only as its rules say. @throws Error of Redis */
  async admit(member: RedisMember, passwordHash: string): Promise<void> {
    for (const node of this.#nodes()) await this.#tell(node, member, passwordHash);
  }

  /** The member's connections are cut, and it gets no other. @throws Error of Redis */
  async dismiss(member: RedisMember): Promise<void> {
    const user = redisUserOf(member);
    this.#told.delete(user);
    for (const node of this.#nodes()) await node.call('ACL', 'DELUSER', user);
  }

  async #align(): Promise<void> {
    if (this.redis.status !== 'ready') return;
    const rows = [
      ...(await listMembers(this.ledger, 'agent')),
      ...(await listMembers(this.ledger, 'receiver')),
    ];
    const users = rows.filter(isUser);
    const gone = rows.filter((row) => !isUser(row)).map(redisUserOf);
    const changed = new Set(
      users.filter((row) => this.#told.get(redisUserOf(row)) !== row.redisPasswordHash),
    );
    for (const node of this.#nodes()) {
      const there = new Set((await node.call('ACL', 'USERS')) as string[]);
      for (const row of users)
        if (changed.has(row) || !there.has(redisUserOf(row)))
          await this.#tell(node, row, row.redisPasswordHash);
      // Only those this ledger knows of: another installation may share the server.
      for (const user of gone) if (there.has(user)) await node.call('ACL', 'DELUSER', user);
    }
    this.#complained = false;
  }

  async #tell(node: Redis, member: RedisMember, passwordHash: string): Promise<void> {
    const user = redisUserOf(member);
    await node.call('ACL', 'SETUSER', user, ...redisRulesOf(member, passwordHash));
    this.#told.set(user, passwordHash);
  }

  /** Users are no part of what a cluster shares. */
  #nodes(): Redis[] {
    return this.redis instanceof Cluster ? this.redis.nodes('all') : [this.redis];
  }

  readonly #onReady = (): void => void this.look();

  #complain({ message }: Error): void {
    if (!this.#complained && this.redis.status === 'ready')
      this.logger.warn(
        { error: message },
        'users of members cannot be kept in Redis; it must be version 7 or newer and let this service use ACL',
      );
    this.#complained = true;
  }
}

function isUser(row: MemberRow): row is MemberRow & RedisMember & { readonly redisPasswordHash: string } {
  return row.role !== 'api' && row.revokedAt === null && row.redisPasswordHash !== null;
}
