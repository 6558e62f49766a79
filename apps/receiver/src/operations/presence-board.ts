import { RECEIVERS_KEY, type ReceiverPresence } from '@periodic-backup/contracts';
import {
  PresenceAnnouncer,
  VERSION,
  sharedPlace,
  type Logger,
  type RedisClient,
} from '@periodic-backup/platform';
import type { VaultIdentity } from '@periodic-backup/vault';
import { advertisedAddress, needsTls, receiverIdOf, type ReceiverConfig } from '../config.js';
import type { Reception } from '../sessions/reception.js';
import type { VaultStatus } from '../vault/vault-status.js';
import { readSettings } from './receiver-settings.js';

/** Says in Redis that this receiver is there, and hears at each beat how many clients it may have, and how fast. */
export class PresenceBoard {
  readonly #startedAt = new Date().toISOString();
  #announcer: PresenceAnnouncer | undefined;
  #withdrawn = false;

  constructor(
    private readonly config: ReceiverConfig,
    private readonly identity: VaultIdentity,
    private readonly reception: Reception,
    private readonly status: VaultStatus,
    private readonly links: {
      readonly redis: RedisClient;
      readonly logger: Logger;
      /** Looks at what else Redis says to this receiver. */
      readonly beforeBeat: () => Promise<void>;
    },
  ) {}

  /** From now on, with the port listened on. */
  start(listeningPort: number): Promise<void> {
    const { redis, logger } = this.links;
    const id = receiverIdOf(this.config);
    this.#announcer = new PresenceAnnouncer(
      redis,
      sharedPlace(RECEIVERS_KEY, id),
      () => this.#beat(id, listeningPort),
      logger,
    );
    return this.#announcer.start();
  }

  /** Tells a change at once. */
  async update(): Promise<void> {
    await this.#announcer?.announce();
  }

  /** Withdraws it for good: a beat under way does not bring it back. */
  async stop(): Promise<void> {
    this.#withdrawn = true;
    await this.#announcer?.stop();
  }

  async #beat(receiverId: string, listeningPort: number): Promise<Omit<ReceiverPresence, 'seenAt'>> {
    const settings = await readSettings(this.links.redis, receiverId);
    if (this.#withdrawn) throw new Error('The receiver has withdrawn its presence.');
    if (settings) {
      this.reception.backups.maxClients = settings.maxClients ?? this.config.MAX_CLIENTS;
      this.reception.closedByPeople = settings.draining ?? false;
    }
    await this.links.beforeBeat();
    // Not waited for: a slow disk must not make the receiver look dead.
    void this.status.refresh();
    const { reception, identity, status } = this;
    return {
      receiverId,
      ...advertisedAddress(this.config, listeningPort),
      ...(needsTls(this.config) ? { tls: true } : {}),
      vaultId: identity.id,
      vaultName: identity.name,
      layout: identity.layout,
      targetDir: this.config.TARGET_DIR,
      vaultPublicKey: identity.publicKey,
      activeSessions: reception.backups.activeSessions,
      maxClients: reception.backups.maxClients,
      draining: reception.draining,
      vaultWritable: status.problem === null,
      freeBytes: status.freeBytes,
      totalBytes: status.totalBytes,
      version: VERSION,
      startedAt: this.#startedAt,
    };
  }
}
