import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from '../api/api-client.js';
import { realPath } from '../checks/containment.js';
import type { DataFolder } from '../data-folder/data-folder.js';
import type { LauncherOptions } from '../options/launcher-options.js';
import type { Screen } from '../screen/screen.js';
import { allOrFirstError, type Instance } from './instance.js';

const POLL_MS = 50;
const PRESENCE_DEADLINE_MS = 20_000;
const DRAIN_SECONDS = 5;
const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/** All programs run and the receiver has announced its vault. */
export async function startServices(
  instance: Instance,
  api: ApiClient,
  options: LauncherOptions,
  folder: DataFolder,
  targetDir: string,
  screen: Screen,
): Promise<{ vaultId: string; allowedDirs: string[] }> {
  const startedAt = new Date().toISOString();
  screen.step('Starting Redis and PostgreSQL …');
  const publicKeyFile = join(folder.keysDir, 'ticket-public.pem');
  const privateKeyFile = join(folder.keysDir, 'ticket-private.pem');
  const keys = async (): Promise<void> => {
    // Loaded only now: it brings Nest along, and the first words should not wait for that.
    const { loadOrCreateKeyPair } = await import('@periodic-backup/platform');
    loadOrCreateKeyPair(privateKeyFile, publicKeyFile);
  };
  await allOrFirstError([instance.startStores(), keys()]);

  screen.step('Starting scheduler, receiver, sender agent and API …');
  const { agentId } = folder.memory;
  await allOrFirstError([
    instance.startService('scheduler', {
      TICKET_PRIVATE_KEY_FILE: privateKeyFile,
      TICKET_PUBLIC_KEY_FILE: publicKeyFile,
    }),
    instance.startService('receiver', {
      RECEIVER_ID: agentId,
      RECEIVER_HOST: options.receiverHost,
      RECEIVER_PORT: String(options.receiverPort),
      TARGET_DIR: targetDir,
      MAX_CLIENTS: String(options.maxClients),
      // Only the agent of this machine can know of it.
      ADVERTISED_HOST:
        process.env['ADVERTISED_HOST'] ?? (ANY_ADDRESS.has(options.receiverHost) ? '127.0.0.1' : ''),
      DRAIN_DEADLINE_SECONDS: String(DRAIN_SECONDS),
      TICKET_PUBLIC_KEY_FILE: publicKeyFile,
    }),
    instance.startService('admin-api', { API_HOST: '127.0.0.1', API_PORT: String(options.apiPort) }),
  ]);
  // The agent reads nothing but what is named here: the sources of this start and of plans made before.
  const own = (await api.plans()).filter((plan) => plan.agentId === agentId);
  const allowedDirs = distinct([
    ...[...options.sourceDirs, ...options.allowedDirs].map(realPath),
    ...own.map((plan) => plan.sourceDir),
  ]);
  await instance.startService('sender-agent', {
    AGENT_ID: agentId,
    ALLOWED_DIRS: allowedDirs.join(':'),
    BACKUP_DIRS: distinct([
      options.backupDir && realPath(options.backupDir),
      ...own.map((plan) => plan.backupDir),
    ]).join(':'),
    STATE_DIR: folder.agentDir,
    STOP_DEADLINE_SECONDS: String(DRAIN_SECONDS),
    TICKET_PUBLIC_KEY_FILE: publicKeyFile,
  });
  // A heartbeat from before this start tells of another process.
  const isNew = (one: { online: boolean; startedAt?: string | undefined }): boolean =>
    one.online && (one.startedAt ?? '') >= startedAt;
  const [receiver] = await Promise.all([
    announced('receiver', async () =>
      (await api.receivers()).find((one) => one.receiverId === agentId && isNew(one)),
    ),
    announced('sender-agent', async () =>
      (await api.agents()).find((one) => one.agentId === agentId && isNew(one)),
    ),
  ]);
  return { vaultId: receiver.vaultId, allowedDirs };
}

const distinct = (paths: readonly (string | null | undefined)[]): string[] => [
  ...new Set(paths.filter((path) => typeof path === 'string')),
];

/** What the API knows of a service once its heartbeat has come through. */
async function announced<T>(name: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + PRESENCE_DEADLINE_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline)
      throw new Error(`The ${name} runs but does not announce itself: see ${name}.log among the logs.`);
    await delay(POLL_MS);
  }
}
