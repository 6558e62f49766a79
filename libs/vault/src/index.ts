export type {
  AppendRequest,
  EntryRange,
  PlanPlace,
  RecoveryReport,
  RemovalReport,
  SnapshotReading,
  SnapshotSummary,
  Vault,
  VaultIdentity,
  VerifyProgress,
  VerifyReport,
  VerifyRequest,
} from './vault.js';
export { FoldersVault, type FoldersVaultOptions } from './folders/folders-vault.js';
export type { CommitStep } from './folders/commit-steps.js';
export type { RemovalStep } from './folders/snapshot-removal.js';
export type { FlushMode } from './folders/publish-snapshot.js';
export type { TreeCall, TreeFault } from './folders/tree.js';
export {
  DamagedError,
  DigestMismatchError,
  EpochSupersededError,
  NotFoundError,
  StorageFailedError,
  StorageFullError,
} from './storage-errors.js';
