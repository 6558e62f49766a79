export type {
  AppendRequest,
  PlanPlace,
  RecoveryReport,
  SnapshotSummary,
  Vault,
  VaultIdentity,
} from './vault.js';
