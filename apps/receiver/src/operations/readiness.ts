import type { ReadinessCheck } from '@periodic-backup/platform';
import type { Reception } from '../sessions/reception.js';
import type { VaultStatus } from '../vault/vault-status.js';

/** What keeps a receiver from taking a backup. Redis does not: agents reach it without. */
export function readinessChecks(reception: Reception, status: VaultStatus): Record<string, ReadinessCheck> {
  return {
    // As last seen: a probe may wait behind a long commit.
    vault: () => Promise.resolve(status.problem),
    sessions: () => Promise.resolve(reception.draining ? 'draining: takes no new sessions' : null),
  };
}
