import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import {
  RECEIVERS_KEY,
  signReceipt,
  type Receipt,
  type ReceiverPresence,
  type RunJob,
} from '@periodic-backup/contracts';
import { PresenceAnnouncer, sharedPlace } from '@periodic-backup/platform';
import { logger, type TestBed } from './test-bed.js';

/** A vault with a key of its own and receivers that only exist in heartbeats. */
export class ScriptedVault {
  readonly #announcers: PresenceAnnouncer[] = [];

  constructor(
    private readonly bed: TestBed,
    readonly id: string,
    readonly keys = generateKeyPairSync('ed25519'),
  ) {
    bed.vaults.set(id, this);
  }

  async announce(receiverId: string, fields: Partial<ReceiverPresence> = {}): Promise<void> {
    this.bed.receivers.set(receiverId, this);
    const startedAt = new Date().toISOString();
    const announcer = new PresenceAnnouncer(
      this.bed.redis,
      sharedPlace(RECEIVERS_KEY, receiverId),
      () => ({
        receiverId,
        host: '127.0.0.1',
        port: 7400,
        vaultId: this.id,
        vaultName: 'cellar',
        layout: 'folders',
        targetDir: '/backups',
        vaultPublicKey: this.keys.publicKey.export({ type: 'spki', format: 'pem' }) as string,
        activeSessions: 0,
        maxClients: 10,
        draining: false,
        vaultWritable: true,
        freeBytes: 1e9,
        totalBytes: 2e9,
        version: '1',
        startedAt,
        ...fields,
      }),
      logger,
    );
    this.#announcers.push(announcer);
    await announcer.start();
  }

  receiptFor(
    { order }: { order: Pick<RunJob['order'], 'runId' | 'epoch' | 'agentId' | 'planId'> },
    changes: Partial<Receipt> = {},
    key?: KeyObject,
  ): Receipt {
    return signReceipt(
      {
        v: 1,
        runId: order.runId,
        epoch: order.epoch,
        agentId: order.agentId,
        planId: order.planId,
        vaultId: this.id,
        snapshot: '2026-11-22T110500Z',
        previous: null,
        manifestDigest: 'ab'.repeat(32),
        counts: {
          entries: 3,
          files: 2,
          bytes: 200,
          storedFiles: 2,
          storedBytes: 200,
          linkedFiles: 0,
          copiedFiles: 0,
          problems: 0,
        },
        committedAt: new Date().toISOString(),
        ...changes,
      },
      key ?? this.keys.privateKey,
    );
  }

  /** A receipt of a run of a plan at some time in the past; the ledger need not know the run. */
  receiptOf(
    plan: { readonly id: string; readonly agentId: string },
    snapshot: string,
    changes: Partial<Receipt> = {},
  ): Receipt {
    const [day, time] = [snapshot.slice(0, 10), snapshot.slice(11, 17)];
    const at = `${day}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}.000Z`;
    const order = { runId: randomUUID(), epoch: 1, agentId: plan.agentId, planId: plan.id };
    return this.receiptFor({ order }, { snapshot, committedAt: at, ...changes });
  }

  async withdraw(): Promise<void> {
    await Promise.all(this.#announcers.splice(0).map((announcer) => announcer.stop()));
  }
}
