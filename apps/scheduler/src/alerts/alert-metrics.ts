import { Injectable } from '@nestjs/common';
import { Counter } from '@periodic-backup/platform';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

@Injectable()
export class AlertMetrics {
  readonly attempts: Counter;

  constructor({ metrics }: SchedulerRuntime) {
    this.attempts = new Counter({
      name: 'pbk_alert_attempts_total',
      help: 'Attempts to send a message to a channel, by how they went',
      labelNames: ['outcome'],
      registers: [metrics.registry],
    });
  }
}
