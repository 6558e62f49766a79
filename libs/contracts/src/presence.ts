import { z } from 'zod';
import { ByteRate } from './bandwidth.js';
import { AgentId } from './names.js';

/**
 * Heartbeats in Redis: a hash field per process under one key, rewritten every 2 s, ignored when older than
 * `PRESENCE_TTL_MS`. Wiped or stale ones come back by themselves.
 */
export const PRESENCE_INTERVAL_MS = 2_000;
export const PRESENCE_TTL_MS = 10_000;
export const RECEIVERS_KEY = 'pbk:{presence}:receivers';
/** Hash: receiver id → JSON `ReceiverSettings`; written by the admin API, read by receivers at each heartbeat. */
export const RECEIVER_SETTINGS_KEY = 'pbk:{presence}:receiver-settings';
/** Hash: vault id → JSON `VaultLimits`; written and read in the same way. */
export const VAULT_LIMITS_KEY = 'pbk:{presence}:vault-limits';
/** String: JSON `RevocationList`, signed; written by the admin API, read by receivers at each heartbeat. */
export const REVOCATIONS_KEY = 'pbk:{presence}:revocations';

export const ReceiverPresence = z.object({
  receiverId: z.string(),
  /** Address that agents should dial. */
  host: z.string(),
  port: z.int(),
  /** It takes TLS only, with certificates on both ends. */
  tls: z.boolean().optional(),
  vaultId: z.uuid(),
  vaultName: z.string(),
  layout: z.enum(['folders', 'packs']),
  targetDir: z.string(),
  /** PEM, Ed25519: verifies this vault's receipts. */
  vaultPublicKey: z.string(),
  activeSessions: z.int().nonnegative(),
  maxClients: z.int().positive(),
  draining: z.boolean(),
  /** False if the target directory cannot be written now. */
  vaultWritable: z.boolean(),
  freeBytes: z.number().nonnegative(),
  totalBytes: z.number().nonnegative(),
  version: z.string(),
  startedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
});
export type ReceiverPresence = z.infer<typeof ReceiverPresence>;

/** What people have set for a receiver; what is left out is as it is configured. */
export const ReceiverSettings = z.object({
  maxClients: z.int().min(1).max(10_000).optional(),
  /** It takes no new sessions; those that run go on as long as they take. */
  draining: z.boolean().optional(),
});
export type ReceiverSettings = z.infer<typeof ReceiverSettings>;

/** What people have set for a vault; null: no limit. */
export const VaultLimits = z.object({
  /** Runs at once, queued ones included, over all agents. */
  maxRuns: z
    .int('must be a whole number')
    .min(1, 'must be at least 1, or null for no limit')
    .max(100_000)
    .nullable(),
  /** Of all receivers of the vault together. */
  bytesPerSecond: ByteRate.nullable(),
});
export type VaultLimits = z.infer<typeof VaultLimits>;

export const AgentPresence = z.object({
  agentId: AgentId,
  hostname: z.string(),
  /** Directories it may read, set on its own machine. */
  allowedDirs: z.array(z.string()),
  /** Further ones that may take backup copies, and restores. */
  backupDirs: z.array(z.string()).default([]),
  restoreDirs: z.array(z.string()).default([]),
  activeRuns: z.array(z.uuid()),
  version: z.string(),
  startedAt: z.iso.datetime(),
  seenAt: z.iso.datetime(),
});
export type AgentPresence = z.infer<typeof AgentPresence>;
