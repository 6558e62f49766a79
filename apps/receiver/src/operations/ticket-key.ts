import { loadPublicKey, type Logger } from '@periodic-backup/platform';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { KeyObject } from 'node:crypto';
import { StartError } from '../start-error.js';

const DEADLINE_MS = 60_000;
const POLL_MS = 250;

/** The scheduler's public key. Services start in any order, so a missing file is waited for, a while. @throws StartError */
export async function awaitTicketKey(file: string, logger: Logger): Promise<KeyObject> {
  const deadline = performance.now() + DEADLINE_MS;
  if (!existsSync(file)) logger.info({ file }, 'waiting for the public key that the scheduler writes');
  while (!existsSync(file) && performance.now() < deadline) await pause(POLL_MS);
  try {
    return loadPublicKey(file);
  } catch (error) {
    throw new StartError((error as Error).message, { cause: error });
  }
}
