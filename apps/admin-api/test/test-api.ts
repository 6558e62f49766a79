import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import {
  RECEIVERS_KEY,
  agentPresenceKey,
  type AgentPresence,
  type ReceiverPresence,
} from '@periodic-backup/contracts';
import { openLedger, upsertAgents, type LedgerConnection } from '@periodic-backup/ledger';
import { createLogger } from '@periodic-backup/platform';
import {
  createDatabase,
  startRedis,
  temporaryDirectory,
  type TestDatabase,
  type TestServer,
} from '@periodic-backup/testing';
import { Redis } from 'ioredis';
import { loadAdminApiConfig, startAdminApi, type LauncherChannel } from '../src/index.js';

export const VAULT_ID = '7e57ab1e-0000-4000-8000-000000000001';

export interface Answer<Body = unknown> {
  readonly status: number;
  readonly type: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: Body;
}

export interface Servers {
  readonly postgres: TestDatabase;
  readonly redis: TestServer;
  readonly secretsKeyFile: string;
  stop(): Promise<void>;
}

/** `server` is a PostgreSQL of its own for whoever kills it. */
export async function startServers(server?: TestServer): Promise<Servers> {
  const [postgres, redis, folder] = await Promise.all([
    server ?? createDatabase(),
    startRedis(),
    temporaryDirectory(),
  ]);
  return {
    postgres,
    redis,
    secretsKeyFile: join(folder.path, 'secrets.key'),
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop(), folder.remove()]);
    },
  };
}

/** The admin API of a test: real HTTP, real servers, and the scheduler's and the agents' hands. */
export class TestApi {
  private constructor(
    readonly url: string,
    readonly connection: LedgerConnection,
    readonly redis: Redis,
    readonly close: () => Promise<void>,
  ) {}

  static async start(
    servers: Servers,
    variables: NodeJS.ProcessEnv = {},
    launcher: LauncherChannel | null = null,
  ): Promise<TestApi> {
    const config = loadAdminApiConfig({
      DATABASE_URL: servers.postgres.url,
      REDIS_URL: servers.redis.url,
      API_PORT: '0',
      LOG_LEVEL: 'fatal',
      SECRETS_KEY_FILE: servers.secretsKeyFile,
      ...variables,
    });
    const app = await startAdminApi(config, createLogger('admin-api', config.LOG_LEVEL), launcher);
    const connection = await openLedger(servers.postgres.url);
    const redis = new Redis(servers.redis.url);
    redis.on('error', () => undefined);
    return new TestApi(await app.getUrl(), connection, redis, async () => {
      await app.close();
      redis.disconnect();
      await connection.close();
    });
  }

  /** Sends JSON; `headers` may name any, also those that `fetch` forbids. */
  async call<Body = unknown>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> {
    const payload = typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        this.url + path,
        {
          method,
          agent: false,
          headers: {
            ...(payload === undefined
              ? {}
              : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const type = response.headers['content-type'] ?? '';
            const text = Buffer.concat(chunks).toString();
            const parsed: unknown = type.includes('json') ? JSON.parse(text) : text;
            resolve({
              status: response.statusCode ?? 0,
              type,
              headers: response.headers,
              body: parsed as Body,
            });
          });
        },
      );
      request.on('error', reject);
      request.end(payload);
    });
  }

  async announceAgent(changes: Partial<AgentPresence> = {}): Promise<AgentPresence> {
    const now = new Date().toISOString();
    const presence: AgentPresence = {
      agentId: 'laptop',
      hostname: 'laptop.local',
      allowedDirs: ['/srv'],
      backupDirs: [],
      restoreDirs: [],
      activeRuns: [],
      version: '0.1.0',
      startedAt: now,
      seenAt: now,
      ...changes,
    };
    // Known since it joined.
    const { agentId: id, hostname, version } = presence;
    await upsertAgents(this.connection.ledger, [{ id, hostname, version, seenAt: new Date(0) }]);
    await this.redis.set(agentPresenceKey(id), JSON.stringify(presence));
    return presence;
  }

  async announceReceiver(changes: Partial<ReceiverPresence> = {}): Promise<ReceiverPresence> {
    const now = new Date().toISOString();
    const presence: ReceiverPresence = {
      receiverId: 'attic',
      host: '127.0.0.1',
      port: 7400,
      vaultId: VAULT_ID,
      vaultName: 'vault',
      layout: 'folders',
      targetDir: '/mnt/vault',
      vaultPublicKey: 'pem',
      activeSessions: 0,
      maxClients: 10,
      draining: false,
      vaultWritable: true,
      freeBytes: 1000,
      totalBytes: 5000,
      version: '0.1.0',
      startedAt: now,
      seenAt: now,
      ...changes,
    };
    await this.redis.hset(RECEIVERS_KEY, presence.receiverId, JSON.stringify(presence));
    return presence;
  }

  /** A run as the scheduler would have written it; `columns` are SQL values by column. */
  async addRun(columns: Readonly<Record<string, string>> = {}): Promise<string> {
    const id = randomUUID();
    const row: Record<string, string> = {
      id: `'${id}'`,
      plan_id: `'${randomUUID()}'`,
      agent_id: "'laptop'",
      trigger: "'schedule'",
      state: "'committed'",
      scheduled_for: 'now()',
      ...columns,
    };
    await this.connection.ledger.execute(
      `insert into runs (${Object.keys(row).join(',')}) values (${Object.values(row).join(',')})`,
    );
    return id;
  }

  /** A snapshot as the scheduler would have recorded it; `columns` are SQL values by column. */
  async addSnapshot(columns: Readonly<Record<string, string>> = {}): Promise<string> {
    const id = randomUUID();
    const counts = { entries: 3, files: 1, bytes: 5, storedFiles: 1, storedBytes: 5, linkedFiles: 0 };
    const row: Record<string, string> = {
      id: `'${id}'`,
      plan_id: `'${randomUUID()}'`,
      vault_id: `'${VAULT_ID}'`,
      run_id: `'${randomUUID()}'`,
      snapshot: "'2026-11-22T110500Z'",
      manifest_digest: `'${'0'.repeat(64)}'`,
      counts: `'${JSON.stringify({ ...counts, copiedFiles: 0, problems: 0 })}'`,
      committed_at: "timestamptz '2026-11-22T11:05:09Z'",
      agent_id: "'laptop'",
      agent_folder: "'laptop'",
      plan_folder: "'documents'",
      ...columns,
    };
    await this.connection.ledger.execute(
      `insert into snapshots (${Object.keys(row).join(',')}) values (${Object.values(row).join(',')})`,
    );
    return id;
  }

  async clear(): Promise<void> {
    await this.connection.ledger.execute(
      'truncate plan_marks, plan_standings, agents, plans, run_requests, receiver_settings, agent_limits, vault_limits, vaults, runs, run_problems, snapshots, snapshot_pins, failed_attempts, vault_samples, members, certificates, invitations',
    );
    await this.redis.flushall();
  }
}

export function planBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'documents',
    agentId: 'laptop',
    sourceDir: '/srv/documents',
    schedule: { kind: 'every', everySeconds: 3600 },
    vaultId: VAULT_ID,
    ...changes,
  };
}
