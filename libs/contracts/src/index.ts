export { Bandwidth, BandwidthWindow, ByteRate, rateAt, stricterRate } from './bandwidth.js';
export { canonicalJson } from './canonical-json.js';
export { AgentId, FolderName, SnapshotName } from './names.js';
export { Receipt, SnapshotCounts, receiptIsGenuine, signReceipt } from './receipt.js';
export { ReadClaims, TicketClaims, TicketError, digestOrder, openTicket, signTicket } from './ticket.js';
export {
  AfterTransmit,
  Plan,
  PlanFields,
  PlanInput,
  PlanPatch,
  PlanRequest,
  ReceiverAddress,
  RunOrder,
  Schedule,
} from './plan.js';
export { FINAL_RUN_STATES, Run, RunCounts, RunError, RunKind, RunProblem, RunState } from './run.js';
export * from './queues.js';
export { ReceiverOffer } from './receiver-offer.js';
export * from './tasks.js';
export { Retention } from './retention.js';
export {
  retentionDecisions,
  retentionTimezone,
  type RetentionDecision,
  type RetentionSnapshot,
} from './retention-decisions.js';
export * from './presence.js';
export * from './live.js';
export * from './http.js';
export * from './alerts.js';
export * from './alert-channels.js';
export * from './browse.js';
export * from './task-requests.js';
export {
  countDueTimes,
  duePeriod,
  dueTimesBetween,
  latestDueTime,
  nextDueTime,
  scheduleProblem,
} from './due-times.js';
export { durationInWords } from './duration-words.js';
export * from './promises.js';
export * from './plan-health.js';
export * from './retention-preview.js';
export { PlanDeletion, deletionSentences, type DeletionFacts } from './plan-deletion.js';
export * from './agent-look.js';
export * from './plan-preview.js';
export * from './surroundings.js';
export * from './overview.js';
export * from './plan-strips.js';
export * from './plan-figures.js';
export * from './vault-growth.js';
export * from './run-detail.js';
