import { setTimeout as delay } from 'node:timers/promises';
import type { Plan } from '@periodic-backup/contracts';
import type { ApiClient } from '@periodic-backup/api-client';
import { realPath } from '../checks/containment.js';
import type { DataFolder } from '../data-folder/data-folder.js';
import type { LauncherOptions } from '../options/launcher-options.js';
import type { Screen } from '../screen/screen.js';
import { allOrFirstError, type Instance } from './instance.js';
import { provision, provisionSetting } from './provision.js';
import { DRAIN_SECONDS, receiverSettings } from './receiver-settings.js';

const POLL_MS = 50;
const PRESENCE_DEADLINE_MS = 20_000;

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
  await instance.startStores((redis) => provision(folder, redis));

  screen.step('Starting scheduler, receiver, sender agent and API …');
  const { agentId } = folder.memory;
  // The agent reads nothing but what is named here: the sources of this start and of plans made before.
  const allowedDirs = (planDirs: PlanDirs): string[] =>
    distinct([...[...options.sourceDirs, ...options.allowedDirs].map(realPath), ...planDirs.source]);
  const agentSettings = (planDirs: PlanDirs): Record<string, string> => ({
    AGENT_ID: agentId,
    ALLOWED_DIRS: allowedDirs(planDirs).join(':'),
    BACKUP_DIRS: distinct([options.backupDir && realPath(options.backupDir), ...planDirs.backup]).join(':'),
    RESTORE_DIRS: distinct(options.restoreDirs.map(realPath)).join(':'),
    STATE_DIR: folder.agentDir,
    STOP_DEADLINE_SECONDS: String(DRAIN_SECONDS),
    CREDENTIALS_DIR: folder.credentialsDir('agent'),
  });
  const { keyFiles } = folder;
  const controlKeys = {
    TICKET_PRIVATE_KEY_FILE: keyFiles.ticketPrivateKey,
    TICKET_PUBLIC_KEY_FILE: keyFiles.ticketPublicKey,
    AUTHORITY_FILE: keyFiles.authority,
    SECRETS_KEY_FILE: keyFiles.secrets,
  };
  await allOrFirstError([
    instance.startService('scheduler', controlKeys),
    instance.startService(
      'receiver',
      receiverSettings(
        {
          receiverId: agentId,
          host: options.receiverHost,
          port: options.receiverPort,
          targetDir,
          maxClients: options.maxClients,
        },
        folder.credentialsDir('receiver'),
      ),
    ),
    instance.startService('admin-api', {
      API_HOST: '127.0.0.1',
      API_PORT: String(options.apiPort),
      UNDER_LAUNCHER: 'yes',
      API_SERVICE_TOKEN: folder.memory.serviceToken,
      ...controlKeys,
      AUTHORITY_KEY_FILE: keyFiles.authorityKey,
      PROVISION: provisionSetting(folder),
    }),
    instance.startService('sender-agent', agentSettings(folder.memory.planDirs)),
  ]);
  folder.publishAccess(api.url);
  const planDirs = planDirsOf(await api.plans(), agentId);
  const before = JSON.stringify(agentSettings(folder.memory.planDirs));
  folder.remember({ planDirs });
  const settings = agentSettings(planDirs);
  // A plan that was made through the API since the last start, or removed: what may be read has changed.
  if (JSON.stringify(settings) !== before) await instance.restartService('sender-agent', settings);
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
  return { vaultId: receiver.vaultId, allowedDirs: allowedDirs(planDirs) };
}

type PlanDirs = DataFolder['memory']['planDirs'];

/** The directories that plans of this agent name. */
export function planDirsOf(plans: readonly Plan[], agentId: string): PlanDirs {
  const own = plans.filter((plan) => plan.agentId === agentId);
  return {
    source: distinct(own.map((plan) => plan.sourceDir)).sort(),
    backup: distinct(own.map((plan) => plan.backupDir)).sort(),
  };
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
