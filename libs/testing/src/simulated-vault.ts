import { generateKeyPairSync, randomUUID } from 'node:crypto';
import {
  RECEIVERS_KEY,
  signReceipt,
  type Receipt,
  type ReceiverPresence,
  type RunEvent,
  type RunOrder,
  type SignedReport,
} from '@periodic-backup/contracts';
import type { Redis } from 'ioredis';
import { signedByVault } from './test-members.js';

/** A vault whose receivers are always free: announced like real ones, it signs receipts and keeps nothing. */
export class SimulatedVault {
  readonly id = randomUUID();
  readonly #keys = generateKeyPairSync('ed25519');
  readonly #startedAt = new Date().toISOString();
  readonly #snapshots = new Map<string, string>();
  readonly #receipts = new Map<string, Receipt>();

  /** Says that `receivers` receivers are alive. */
  async announce(redis: Redis, receivers: number): Promise<void> {
    const pipeline = redis.pipeline();
    for (let i = 0; i < receivers; i++) {
      const presence: ReceiverPresence = {
        receiverId: `simulated-${i}`,
        host: '127.0.0.1',
        port: 7400 + i,
        vaultId: this.id,
        vaultName: 'simulated',
        layout: 'folders',
        targetDir: '/simulated',
        vaultPublicKey: this.#keys.publicKey.export({ type: 'spki', format: 'pem' }) as string,
        activeSessions: 0,
        maxClients: 10_000,
        draining: false,
        vaultWritable: true,
        freeBytes: 2 ** 40,
        totalBytes: 2 ** 41,
        version: 'simulated',
        startedAt: this.#startedAt,
        seenAt: new Date().toISOString(),
      };
      pipeline.hset(RECEIVERS_KEY, presence.receiverId, JSON.stringify(presence));
    }
    await pipeline.exec();
  }

  /** What its receivers put on the queue of reports. */
  signed(report: RunEvent): SignedReport {
    return signedByVault(this.id, this.#keys.privateKey, report);
  }

  /** The receipt a real receiver would have signed for an empty source; the same again for a run committed before. */
  commit(order: RunOrder): Receipt {
    const known = this.#receipts.get(order.runId);
    if (known) return known;
    const snapshot = new Date().toISOString().replace(/\.\d+/, '').replaceAll(':', '');
    const previous = this.#snapshots.get(order.planId) ?? null;
    this.#snapshots.set(order.planId, snapshot);
    const receipt = signReceipt(
      {
        v: 1,
        runId: order.runId,
        epoch: order.epoch,
        agentId: order.agentId,
        planId: order.planId,
        vaultId: this.id,
        snapshot,
        previous,
        manifestDigest: '0'.repeat(64),
        counts: {
          entries: 1,
          files: 0,
          bytes: 0,
          storedFiles: 0,
          storedBytes: 0,
          linkedFiles: 0,
          copiedFiles: 0,
          problems: 0,
        },
        committedAt: new Date().toISOString(),
      },
      this.#keys.privateKey,
    );
    this.#receipts.set(order.runId, receipt);
    return receipt;
  }
}
