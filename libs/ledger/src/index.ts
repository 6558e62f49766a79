export { openLedger, type Ledger, type LedgerConnection, type OpenLedgerOptions } from './open-ledger.js';
export {
  CursorError,
  LedgerUnreachableError,
  NameTakenError,
  PlanNameTakenError,
  ledgerIsAway,
  violatesUnique,
} from './ledger-errors.js';
export { encodeCursor, type KeysetPage, type PageRequest } from './keyset-cursor.js';

// Written by admin-api
export {
  deletePlan,
  insertPlan,
  pausePlan,
  resumePlan,
  reviveDeletedPlan,
  updatePlan,
} from './admin-writer/write-plans.js';
export { upsertAgents, type SeenAgent } from './admin-writer/write-agents.js';
export { requestCancel, requestStart, type StartAnswer } from './admin-writer/write-run-requests.js';
export { requestTask, type TaskAnswer } from './admin-writer/request-task.js';
export { pinSnapshot, unpinSnapshot } from './admin-writer/write-pins.js';
export { setReceiverSettings } from './admin-writer/write-receiver-settings.js';
export { setAgentBandwidth, setVaultLimits } from './admin-writer/write-limits.js';

export {
  admitMember,
  renewMember,
  revokeMember,
  setRedisPasswordHash,
  type MemberKey,
  type NewCertificate,
  type NewMember,
} from './members/write-members.js';
export {
  addInvitation,
  useInvitation,
  type InvitationRefusal,
  type NewInvitation,
} from './members/invitations.js';

// Read by everyone
export { agentTerms, type AgentTerms } from './members/agent-terms.js';
export { getMember, listMembers, revokedSerials, type MemberRow } from './members/read-members.js';
export { findPlanByName, getPlan, livePlans, planNames, toPlan, type PlanRow } from './reading/read-plans.js';
export { listPlans, type PlanFilter, type PlanList } from './reading/list-plans.js';
export { readPlanStrips, untakenTicks } from './reading/read-plan-strips.js';
export { readPlanPlaces, type PlanPlace } from './reading/read-plan-places.js';
export { readPlanCharts } from './reading/read-plan-charts.js';
export { readRunFacts, type RunFacts } from './reading/read-run-detail.js';
export { readVaultSamples, readVaultTrends, type VaultTrend } from './reading/read-vault-growth.js';
export { firstSteps, lastBackup, openRunsOf, safeSince } from './reading/read-overview.js';
export { allPlanTerms, type PlanTerms } from './reading/read-plan-terms.js';
export { getAgent, listAgents, type AgentRow } from './reading/read-agents.js';
export {
  getRunRequest,
  getStartRequest,
  unansweredCancels,
  unansweredStarts,
  type RunRequestRow,
} from './reading/read-run-requests.js';
export { agentBandwidth, agentBandwidths, allVaultLimits, vaultLimitsOf } from './reading/read-limits.js';
export { listReceiverSettings, type ReceiverSettingsRow } from './reading/read-receiver-settings.js';
export { getRunOwner } from './reading/read-run-owner.js';
export { getRun, listRuns, toRun, type RunFilter, type RunRow } from './reading/read-runs.js';
export { listRunProblems } from './reading/read-run-problems.js';
export { listSnapshots, toSnapshotView, type SnapshotRow } from './reading/read-snapshots.js';
export { countSnapshots, getSnapshot, newestSnapshot } from './reading/find-snapshot.js';
export { getVault, listVaults, type VaultRow, type VaultWithSnapshots } from './reading/read-vaults.js';
export {
  countOpenRuns,
  countRunsSince,
  lastSuccesses,
  type PlanSuccess,
} from './reading/read-run-figures.js';
export { planHealthFacts } from './promises/plan-health-facts.js';
export { readPlanPromises, readPromises } from './promises/read-promises.js';
export type { Period } from './promises/count-promises.js';
export { readPlanFigures, type PlanFigures } from './promises/read-plan-figures.js';
export {
  countStates,
  judgePlans,
  pageOfHealth,
  plansInHealth,
  type JudgedPlan,
} from './promises/read-plan-health.js';
export { planBelongings, type PlanBelongings } from './promises/plan-belongings.js';

// Written by scheduler
export { withPlanLocked } from './run-writer/lock-plan.js';
export {
  activeRuns,
  findPlan,
  findRun,
  lastTick,
  newestEpoch,
  openBackups,
  plansWithLastTick,
  runningOnAgent,
  type OpenRuns,
} from './run-writer/read-for-decisions.js';
export { waitingBackups, type WaitingBackup } from './run-writer/waiting-backups.js';
export { runsToCancel, startsWithoutRun } from './run-writer/open-requests.js';
export { lockVaultRoom, nextInTurn, vaultRooms, type VaultRoom } from './run-writer/admission.js';
export { addRuns, type NewRun } from './run-writer/add-runs.js';
export { recordFailedAttempt } from './run-writer/failed-attempts.js';
export { sampleVaults, type DiskRoom } from './run-writer/vault-samples.js';
export {
  endQueuedAttempt,
  endRun,
  explainWaiting,
  markAlive,
  markCancelRequested,
  markConnected,
  markStarted,
  noteFigures,
  queueRun,
  takeBackFromQueue,
  waitForNextAttempt,
  type Attempt,
  type RunEnding,
} from './run-writer/move-runs.js';
export { renewStandings } from './standings/write-standings.js';
export { closeWithReceipt, keepReceipt, recordProblems, recordSnapshot } from './run-writer/close-run.js';
export {
  activeTasks,
  addTaskRun,
  newestScheduledTask,
  openTasks,
  tasksRunningOnAgent,
  waitingTasks,
  type NewTaskRun,
} from './run-writer/task-runs.js';
export { findTaskTarget, planIdsAt, type TaskTarget } from './run-writer/task-target.js';
export { snapshotsNotSeen } from './run-writer/task-missing.js';
export { closeTask, noteRemoval, noteTaskResult, noteVerification } from './run-writer/task-results.js';
export {
  plansWithRetention,
  snapshotsForRetention,
  verifyHistories,
  verifyHistoryOf,
  type VerifyHistory,
} from './run-writer/task-schedules.js';
export { pinVault, pinnedKey, type AnnouncedVault } from './run-writer/pin-vault.js';

// Alerts: channels, rules and tests are written by admin-api, all else by scheduler
export {
  deleteAlertChannel,
  getAlertChannel,
  insertAlertChannel,
  listAlertChannels,
  updateAlertChannel,
  type AlertChannelRow,
} from './alerts/alert-channels.js';
export {
  deleteAlertRule,
  getAlertRule,
  insertAlertRule,
  listAlertRules,
  updateAlertRule,
} from './alerts/alert-rules.js';
export {
  getAlertTest,
  requestAlertTest,
  unansweredAlertTests,
  type AlertTestRow,
} from './alerts/alert-tests.js';
export {
  changeAlert,
  dropNotices,
  forgetAlerts,
  inAlertRound,
  insertAlert,
  keepNotices,
  listAlerts,
  openAlerts,
  resolvedUnsaid,
  standingNotices,
  toAlertView,
  type AlertNotice,
  type AlertRow,
} from './alerts/alert-states.js';
export {
  addDeliveries,
  claimDeliveries,
  forgetDeliveries,
  getAlertDelivery,
  listAlertDeliveries,
  noteAttempt,
  pingsAdded,
  supersedePings,
  type AlertDeliveryRow,
} from './alerts/alert-deliveries.js';
export { alertPlanFacts, type AlertPlanFacts } from './alerts/alert-facts.js';
export { lastSeen } from './alerts/last-seen.js';
export { failedTasks, type FailedTask, type PlanRunFacts } from './alerts/plan-facts.js';
export { damageFacts, vaultNames, type DamageFacts, type SnapshotFacts } from './alerts/snapshot-facts.js';
export { pingFacts, type PingFacts } from './alerts/ping-facts.js';

// The audit log: appended to by admin-api and scheduler
export { appendAudit, auditHead, type NewAuditEntry } from './audit/append-audit.js';
export { listAudit, type AuditFilter } from './audit/read-audit.js';
export { verifyAudit } from './audit/verify-audit.js';

// Access: written by admin-api
export { FirstUserError, LastAdminError } from './access/access-errors.js';
export { findUser, getUser, listUsers, usersExist, type UserRow } from './access/read-users.js';
export {
  addUser,
  changeUser,
  removeUser,
  renewPasswordHash,
  type NewUser,
  type UserChange,
} from './access/write-users.js';
export { addSession, endSession, forgetSessions, useSession } from './access/sessions.js';
export {
  addApiToken,
  findApiToken,
  listApiTokens,
  noteTokenUse,
  revokeApiToken,
  type ApiTokenRow,
  type OwnedToken,
} from './access/api-tokens.js';
export {
  beginLogin,
  forgetLogins,
  isLoginPlace,
  loginSucceeded,
  type LoginCount,
} from './access/login-throttle.js';
