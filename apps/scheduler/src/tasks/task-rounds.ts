import { Injectable } from '@nestjs/common';
import { Retention } from '../retention/retention.js';
import type { OutageLog } from '../runtime/outage-log.js';
import { PeriodicTask } from '../runtime/periodic-task.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { StrayTasks } from './stray-tasks.js';
import { TaskDispatcher } from './task-dispatcher.js';
import { VerifySchedules } from './verify-schedules.js';

/** What is looked at again and again for the runs that are no backups. */
@Injectable()
export class TaskRounds {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly dispatcher: TaskDispatcher,
    private readonly schedules: VerifySchedules,
    private readonly strays: StrayTasks,
    private readonly retention: Retention,
  ) {}

  create(outages: OutageLog): PeriodicTask[] {
    const { config } = this.runtime;
    return [
      new PeriodicTask(config.DISPATCH_INTERVAL_MS, () =>
        outages.watch('dispatch of tasks', () => this.dispatcher.dispatchAll()),
      ),
      new PeriodicTask(config.RECONCILE_INTERVAL_MS, async () => {
        await outages.watch('due verifications', () => this.schedules.honourDue());
        if (this.runtime.redisIsThere) await outages.watch('stray tasks', () => this.strays.findAndMend());
      }),
      new PeriodicTask(config.RETENTION_INTERVAL_MS, () =>
        outages.watch('retention', () => this.retention.applyAll()),
      ),
    ];
  }
}
