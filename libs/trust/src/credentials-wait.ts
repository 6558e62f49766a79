import { setTimeout as pause } from 'node:timers/promises';
import { CredentialsError, type CredentialsFolder } from './credentials-folder.js';

const POLL_MS = 100;

/** Waits for credentials that the control plane is about to write: services start in any order. @throws CredentialsError */
export async function awaitCredentials(folder: CredentialsFolder, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!folder.exists) {
    if (performance.now() >= deadline)
      throw new CredentialsError(
        `There are still no credentials in ${folder.path}: the admin API writes them at its start (PROVISION), or join.`,
      );
    await pause(POLL_MS);
  }
  folder.load();
}
