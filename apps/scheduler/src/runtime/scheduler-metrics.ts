import { Counter, Gauge, Histogram, createMetrics } from '@periodic-backup/platform';

/** What the scheduler counts. */
export class SchedulerMetrics {
  readonly registry = createMetrics('scheduler');

  readonly tickLatenessSeconds = new Histogram({
    name: 'pbk_tick_lateness_seconds',
    help: 'From the instant a plan was due to its row in the ledger',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300],
    registers: [this.registry],
  });

  readonly runsEnded = new Counter({
    name: 'pbk_runs_ended_total',
    help: 'Backups that ended, by how',
    labelNames: ['state'],
    registers: [this.registry],
  });

  readonly tasksEnded = new Counter({
    name: 'pbk_tasks_ended_total',
    help: 'Restores, drills, verifications and removals that ended, by how',
    labelNames: ['kind', 'state'],
    registers: [this.registry],
  });

  readonly runDurationSeconds = new Histogram({
    name: 'pbk_run_duration_seconds',
    help: 'From the first start of a backup on its agent to its end',
    buckets: [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400, 86_400],
    registers: [this.registry],
  });

  readonly overduePlans = new Gauge({
    name: 'pbk_overdue_plans',
    help: 'Plans whose run has been waiting for more than a minute after it was due',
    registers: [this.registry],
  });

  readonly heldBackRuns = new Gauge({
    name: 'pbk_held_back_runs',
    help: 'Runs that could start and wait for their turn, because their vault has no room for more at once',
    registers: [this.registry],
  });

  readonly forgeries = new Counter({
    name: 'pbk_forgeries_total',
    help: 'Reports, jobs, tickets and the like that had no effect because nobody of ours had signed them',
    labelNames: ['what'],
    registers: [this.registry],
  });

  readonly invalidReceipts = new Counter({
    name: 'pbk_invalid_receipts_total',
    help: 'Receipts that no pinned vault key had made',
    registers: [this.registry],
  });
}
