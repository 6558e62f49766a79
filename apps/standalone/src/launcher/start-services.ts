import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReceiverView } from '@periodic-backup/contracts';
import type { ApiClient } from '../api/api-client.js';
import { realPath } from '../checks/containment.js';
import type { DataFolder } from '../data-folder/data-folder.js';
import type { LauncherOptions } from '../options/launcher-options.js';
import type { Screen } from '../screen/screen.js';
import { allOrFirstError, type Instance } from './instance.js';

const POLL_MS = 50;
const PRESENCE_DEADLINE_MS = 20_000;
const DRAIN_SECONDS = 5;

/** All programs run and the receiver has announced its vault. */
export async function startServices(
  instance: Instance,
  api: ApiClient,
  options: LauncherOptions,
  folder: DataFolder,
  targetDir: string,
  screen: Screen,
): Promise<{ vaultId: string; allowedDirs: string[] }> {
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
      DRAIN_DEADLINE_SECONDS: String(DRAIN_SECONDS),
      TICKET_PUBLIC_KEY_FILE: publicKeyFile,
    }),
    instance.startService('admin-api', { API_HOST: '127.0.0.1', API_PORT: String(options.apiPort) }),
  ]);
  // The agent reads nothing but what is named here: the sources of this start and of plans made before.
  const allowedDirs = [...new Set(await allowed(api, options, agentId))];
  await instance.startService('sender-agent', {
    AGENT_ID: agentId,
    ALLOWED_DIRS: allowedDirs.join(':'),
    STATE_DIR: folder.agentDir,
    TICKET_PUBLIC_KEY_FILE: publicKeyFile,
  });
  return { vaultId: (await announced(api, agentId)).vaultId, allowedDirs };
}

async function allowed(api: ApiClient, options: LauncherOptions, agentId: string): Promise<string[]> {
  const own = (await api.plans()).filter((plan) => plan.agentId === agentId);
  const named = [
    ...options.sourceDirs,
    ...options.allowedDirs,
    ...(options.backupDir ? [options.backupDir] : []),
  ];
  const planned = own.flatMap(({ sourceDir, backupDir }) => [
    sourceDir,
    ...(backupDir === null ? [] : [backupDir]),
  ]);
  return [...named.map(realPath), ...planned];
}

/** The receiver as the API sees it, once its heartbeat has come through. */
async function announced(api: ApiClient, receiverId: string): Promise<ReceiverView> {
  const deadline = performance.now() + PRESENCE_DEADLINE_MS;
  for (;;) {
    const own = (await api.receivers()).find((one) => one.receiverId === receiverId && one.online);
    if (own) return own;
    if (performance.now() > deadline)
      throw new Error('The receiver runs but does not announce itself: see receiver.log among the logs.');
    await delay(POLL_MS);
  }
}
