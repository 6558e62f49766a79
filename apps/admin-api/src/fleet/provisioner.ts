import { X509Certificate } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { redisPasswordHashOf, type RedisMember } from '@periodic-backup/authority';
import {
  admitMember,
  getMember,
  renewMember,
  setRedisPasswordHash,
  upsertAgents,
  type Ledger,
} from '@periodic-backup/ledger';
import { VERSION, type Logger } from '@periodic-backup/platform';
import type { Credentials } from '@periodic-backup/trust';
import type { AdminApiConfig } from '../config.js';
import { LEDGER, LOGGER } from '../connections/tokens.js';
import { fillFolder } from './fill-folders.js';
import { FleetAuthority } from './fleet-authority.js';
import { ADMIN_API_CONFIG } from './invitation-desk.js';
import { RedisUsers } from './redis-users.js';

const LOOK_EVERY_MS = 60_000;

export type ProvisionWish = AdminApiConfig['PROVISION'][number];

/**
 * Members that nobody invites, because they run beside this process: their folders are kept filled, and the ledger knows
 * them. Several instances may do this at once; the folder is the truth.
 */
@Injectable()
export class Provisioner implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;
  #wishes: readonly ProvisionWish[];

  constructor(
    @Inject(ADMIN_API_CONFIG) private readonly config: AdminApiConfig,
    @Inject(LEDGER) private readonly ledger: Ledger,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly authority: FleetAuthority,
    private readonly users: RedisUsers,
  ) {
    this.#wishes = config.PROVISION;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.#wishes.length > 0) await this.#look();
    this.#timer = setInterval(() => void this.#look(), LOOK_EVERY_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** One more, from now on: its folder is filled, and it may use Redis. @throws Error with the reason */
  async add(wish: ProvisionWish): Promise<void> {
    await this.#provide(wish);
    this.#wishes = [...this.#wishes, wish];
  }

  /** Its folder is no longer looked after. */
  forget({ role, id }: RedisMember): void {
    this.#wishes = this.#wishes.filter((wish) => wish.role !== role || wish.id !== id);
  }

  async #provide(wish: ProvisionWish): Promise<void> {
    const { role, id } = wish;
    await this.#register({ role, id }, await fillFolder(this.config, this.authority, wish));
  }

  async #look(): Promise<void> {
    for (const wish of this.#wishes) {
      const { role, id } = wish;
      try {
        await this.#provide(wish);
      } catch (error) {
        this.logger.warn(
          { role, id, error: (error as Error).message },
          'a member cannot be provided with credentials',
        );
      }
    }
  }

  async #register(member: RedisMember, credentials: Credentials): Promise<void> {
    const { certificate, keyId } = credentials;
    const about = { hostname: hostname(), version: VERSION };
    const now = new Date();
    const known = await getMember(this.ledger, member);
    // Who was revoked by hand stays out.
    if (known?.revokedAt) return;
    const { serialNumber: serial, validToDate: notAfter, publicKey } = new X509Certificate(certificate);
    const redisPasswordHash = redisPasswordHashOf(credentials);
    if (known?.keyId === keyId) {
      await renewMember(this.ledger, { ...member, ...about }, { serial, notAfter }, now);
      if (redisPasswordHash !== null && known.redisPasswordHash !== redisPasswordHash)
        await setRedisPasswordHash(this.ledger, member, redisPasswordHash);
    } else {
      const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
      const facts = { ...member, ...about, publicKey: pem, keyId, redisPasswordHash };
      await admitMember(this.ledger, { ...facts, certificate: { serial, notAfter } }, now);
      if (member.role === 'agent')
        await upsertAgents(this.ledger, [{ id: member.id, ...about, seenAt: now }]);
    }
    await this.users.look();
  }
}
