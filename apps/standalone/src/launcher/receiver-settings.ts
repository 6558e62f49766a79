import type { ReceiverStart } from '@periodic-backup/contracts';

export const DRAIN_SECONDS = 5;
const ANY_ADDRESS = new Set(['0.0.0.0', '::']);

/** The environment of a receiver of this machine. */
export function receiverSettings(
  { receiverId, host, port, targetDir, maxClients }: ReceiverStart & { readonly receiverId: string },
  credentialsDir: string,
): Record<string, string> {
  return {
    RECEIVER_ID: receiverId,
    RECEIVER_HOST: host,
    RECEIVER_PORT: String(port),
    TARGET_DIR: targetDir,
    MAX_CLIENTS: String(maxClients),
    // Only the agent of this machine can know of it.
    ADVERTISED_HOST: process.env['ADVERTISED_HOST'] ?? (ANY_ADDRESS.has(host) ? '127.0.0.1' : ''),
    DRAIN_DEADLINE_SECONDS: String(DRAIN_SECONDS),
    CREDENTIALS_DIR: credentialsDir,
  };
}
