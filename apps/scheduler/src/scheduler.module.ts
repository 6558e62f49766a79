import { Module, type DynamicModule } from '@nestjs/common';
import { loggingModule, type Logger } from '@periodic-backup/platform';
import { ALERT_PROVIDERS } from './alerts/alert-providers.js';
import { AttemptEnder } from './attempts/attempt-ender.js';
import type { SchedulerConfig } from './config.js';
import { AgentQueues } from './dispatch/agent-queues.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { JobQueues } from './dispatch/job-queues.js';
import { PresenceReader } from './dispatch/presence-reader.js';
import { DueTicks } from './due/due-ticks.js';
import { EventRouter } from './events/event-router.js';
import { ReportTaker } from './events/report-taker.js';
import { ReceiptTaker } from './events/receipt-taker.js';
import { RunEventTaker } from './events/run-event-taker.js';
import { ForgeryLog } from './forgeries/forgery-log.js';
import { ReportGate } from './forgeries/report-gate.js';
import { PlanDecisions } from './live/plan-decisions.js';
import { RunAnnouncer } from './live/run-announcer.js';
import { OverdueTicks } from './reconcile/overdue-ticks.js';
import { Reconciler } from './reconcile/reconciler.js';
import { RunMender } from './reconcile/run-mender.js';
import { StrayRuns } from './reconcile/stray-runs.js';
import { UnansweredRequests } from './reconcile/unanswered-requests.js';
import { RunCanceller } from './requests/run-canceller.js';
import { RunRequests } from './requests/run-requests.js';
import { SchedulerJobs } from './runtime/scheduler-jobs.js';
import { SchedulerRounds } from './runtime/scheduler-rounds.js';
import { SchedulerRuntime } from './runtime/scheduler-runtime.js';
import { SchedulerService } from './runtime/scheduler-service.js';
import { SchedulerWorkers } from './runtime/scheduler-workers.js';
import { TASK_PROVIDERS } from './tasks/task-providers.js';
import { TickTriggers } from './ticks/tick-triggers.js';
import { VaultKeys } from './vaults/vault-keys.js';
import { VaultSampler } from './vaults/vault-sampler.js';

/** The whole process: connections once, the use cases, and the service that starts and drains them. */
@Module({})
export class SchedulerModule {
  static create(config: SchedulerConfig, logger: Logger): DynamicModule {
    return {
      module: SchedulerModule,
      imports: [loggingModule(logger)],
      providers: [
        { provide: SchedulerRuntime, useFactory: () => SchedulerRuntime.open(config, logger) },
        ...[RunAnnouncer, PlanDecisions, VaultKeys, PresenceReader, JobQueues, AgentQueues],
        ...[Dispatcher, DueTicks, EventRouter, VaultSampler],
        ...[ForgeryLog, ReportGate, ReportTaker],
        ...[TickTriggers, AttemptEnder, ReceiptTaker, RunEventTaker, RunCanceller, RunRequests],
        ...[OverdueTicks, UnansweredRequests, RunMender, StrayRuns, Reconciler],
        ...TASK_PROVIDERS,
        ...[SchedulerJobs, SchedulerWorkers, SchedulerRounds],
        ...ALERT_PROVIDERS,
        SchedulerService,
      ],
    };
  }
}
