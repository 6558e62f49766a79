/**
 * All that a client of the REST API needs, in a browser too: nothing here, nor anything it imports, touches Node or
 * reads cron expressions. Entry `@periodic-backup/contracts/http`.
 */
export { Bandwidth, BandwidthWindow, ByteRate } from './bandwidth.js';
export { AgentId, FolderName, SnapshotName } from './names.js';
export { Receipt, SnapshotCounts } from './receipt.js';
export {
  AfterTransmit,
  Plan,
  PlanByName,
  PlanFields,
  PlanInput,
  PlanPatch,
  PlanRequest,
  ReceiverAddress,
  RunOrder,
  Schedule,
  backupDirFits,
  backupDirNeeded,
  destinationNeeded,
} from './plan.js';
export { FINAL_RUN_STATES, Run, RunCounts, RunError, RunKind, RunProblem, RunState } from './run.js';
export * from './tasks.js';
export { Retention } from './retention.js';
export * from './presence.js';
export * from './live.js';
export * from './http.js';
export * from './access.js';
export * from './audit.js';
export * from './pages.js';
export * from './alerts.js';
export * from './alert-channels.js';
export * from './browse.js';
export * from './task-requests.js';
export { durationInWords } from './duration-words.js';
export * from './promise-views.js';
export * from './plan-health-view.js';
export * from './retention-preview.js';
export { PlanDeletion, deletionSentences, type DeletionFacts } from './plan-deletion.js';
export * from './agent-look.js';
export * from './plan-preview.js';
export * from './surroundings.js';
export * from './joining.js';
export * from './overview.js';
export * from './plan-strips.js';
export * from './plan-figures.js';
export * from './vault-growth.js';
export * from './run-detail.js';
export {
  apiRoutes,
  type ApiRoute,
  type ApiRoutes,
  type PlansOfRoute,
  type RouteName,
} from './routes/api-routes.js';
