import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { Entry } from '@periodic-backup/protocol';
import type { ReadClaims } from '@periodic-backup/contracts';
import { loadPublicKey } from '@periodic-backup/platform';
import { temporaryDirectory, type ReadingServer, type TemporaryDirectory } from '@periodic-backup/testing';
import { TestApi, startServers, type Servers } from './test-api.js';
import { ticketedServer } from './ticketed-server.js';
import { MANIFEST_DIGEST, TreeSnapshots } from './tree-snapshots.js';

/** An admin API, a receiver that serves snapshots of directories, and a place for those. */
export class BrowsingScene {
  readonly planId = randomUUID();
  #snapshots = 0;

  private constructor(
    private readonly servers: Servers,
    readonly api: TestApi,
    readonly receiver: ReadingServer,
    /** Of every ticket that opened a reading. */
    readonly claims: readonly ReadClaims[],
    readonly trees: TreeSnapshots,
    readonly directory: TemporaryDirectory,
  ) {}

  static async open(): Promise<BrowsingScene> {
    const [servers, directory] = await Promise.all([startServers(), temporaryDirectory()]);
    const publicKeyFile = join(directory.path, 'ticket.pub');
    const api = await TestApi.start(servers, {
      TICKET_PRIVATE_KEY_FILE: join(directory.path, 'ticket.key'),
      TICKET_PUBLIC_KEY_FILE: publicKeyFile,
    });
    const trees = new TreeSnapshots();
    const { receiver, claims } = await ticketedServer(trees, () => loadPublicKey(publicKeyFile));
    const scene = new BrowsingScene(servers, api, receiver, claims, trees, directory);
    await scene.announce();
    return scene;
  }

  async announce(): Promise<void> {
    const seenAt = new Date(Date.now() + 600_000).toISOString();
    await this.api.announceReceiver({ port: this.receiver.port, seenAt });
  }

  /** Takes a snapshot of a directory, a day after the one before; answers its id. */
  async take(root: string, change?: (entry: Entry) => Entry): Promise<string> {
    const day = String(++this.#snapshots).padStart(2, '0');
    const snapshot = `2026-11-${day}T110500Z`;
    this.trees.take(snapshot, root, change);
    return this.record({ snapshot: `'${snapshot}'`, committed_at: `timestamptz '2026-11-${day}T11:05:09Z'` });
  }

  /** Only says in the ledger that there is one. */
  record(columns: Readonly<Record<string, string>>): Promise<string> {
    return this.api.addSnapshot({
      plan_id: `'${this.planId}'`,
      manifest_digest: `'${MANIFEST_DIGEST}'`,
      ...columns,
    });
  }

  async close(): Promise<void> {
    await this.api.close();
    await this.receiver.close();
    await this.servers.stop();
    await this.directory.remove();
  }
}
