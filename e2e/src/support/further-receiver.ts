import { join } from 'node:path';
import type { LaunchedStack } from './launched-stack.js';
import { ServiceProcess } from './service-process.js';

type ReceiverSettings = { readonly RECEIVER_ID: string; readonly RECEIVER_PORT: string } & NodeJS.ProcessEnv;

/** One more receiver of a vault, for the agents of a launched stack; resolves when it accepts backups. */
export function startFurtherReceiver(
  stack: LaunchedStack,
  target: string,
  settings: ReceiverSettings,
  nodeArgs: readonly string[] = [],
): Promise<ServiceProcess> {
  const surroundings = {
    REDIS_URL: stack.redisUrl(),
    TARGET_DIR: target,
    TICKET_PUBLIC_KEY_FILE: join(stack.dataDir, 'keys/ticket-public.pem'),
  };
  return ServiceProcess.start('receiver', { ...surroundings, ...settings }, nodeArgs);
}
