export * from './http-entry.js';
export { rateAt, stricterRate } from './bandwidth.js';
export { canonicalJson } from './canonical-json.js';
export { receiptIsGenuine, signReceipt } from './receipt-signature.js';
export {
  LookClaims,
  CancelClaims,
  MaintainClaims,
  ReadClaims,
  TicketClaims,
  TicketError,
  digestOrder,
  digestTerms,
  openTicket,
  signTicket,
} from './ticket.js';
export * from './agent-questions.js';
export * from './launcher-messages.js';
export * from './queues.js';
export * from './agent-keys.js';
export { proveKey, provesKey, type Purpose } from './key-proof.js';
export * from './signed-report.js';
export { isLoopback } from './loopback.js';
export { ReceiverOffer, offerOf } from './receiver-offer.js';
export {
  retentionDecisions,
  retentionTimezone,
  type RetentionDecision,
  type RetentionSnapshot,
} from './retention-decisions.js';
export {
  clockChangeNote,
  countDueTimes,
  daysMeanEither,
  duePeriod,
  dueTimesBetween,
  latestDueTime,
  nextDueTime,
  scheduleProblem,
} from './due-times.js';
export * from './promises.js';
export * from './plan-health.js';
export { LocalClock } from './local-clock.js';
