import { RECEIVERS_KEY, ReceiverPresence, VAULT_LIMITS_KEY, VaultLimits } from '@periodic-backup/contracts';
import { readPresence, type RedisClient } from '@periodic-backup/platform';
import type { IntakePace } from '../transport/intake-pace.js';

/**
 * This receiver's part of the bytes per second that its vault may take in: its sessions' part of all sessions of the
 * vault. Looked at with each heartbeat; if Redis cannot say, what holds goes on.
 */
export class VaultShare {
  constructor(
    private readonly redis: RedisClient,
    private readonly pace: IntakePace,
    private readonly receiver: { readonly receiverId: string; readonly vaultId: string },
  ) {}

  async refresh(activeSessions: number): Promise<void> {
    try {
      const text = await this.redis.hget(VAULT_LIMITS_KEY, this.receiver.vaultId);
      if (text === null) return;
      const { bytesPerSecond } = VaultLimits.parse(JSON.parse(text));
      this.pace.bytesPerSecond =
        bytesPerSecond === null ? null : bytesPerSecond * (await this.#part(activeSessions));
    } catch {
      return;
    }
  }

  async #part(activeSessions: number): Promise<number> {
    const { receiverId, vaultId } = this.receiver;
    const announced = await readPresence(this.redis, RECEIVERS_KEY, ReceiverPresence);
    const elsewhere = announced
      .filter(({ presence, online }) => online && presence.vaultId === vaultId)
      .filter(({ presence }) => presence.receiverId !== receiverId)
      .reduce((sum, { presence }) => sum + presence.activeSessions, 0);
    // One that has none is ready for its next.
    const own = Math.max(activeSessions, 1);
    return own / (own + elsewhere);
  }
}
