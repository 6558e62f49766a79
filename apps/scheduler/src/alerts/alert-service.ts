import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RunAnnouncer } from '../live/run-announcer.js';
import { atMost } from '../runtime/at-most.js';
import { OutageLog } from '../runtime/outage-log.js';
import { PeriodicTask } from '../runtime/periodic-task.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { AlertRound } from './alert-round.js';
import { DeliverySender } from './delivery-sender.js';
import { NudgedTask } from './nudged-task.js';

const DRAIN_MS = 5000;

/** Looks for what is wrong after every change of a run and every few seconds, and sends what there is to say. */
@Injectable()
export class AlertService implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #round: NudgedTask;
  readonly #sending: PeriodicTask;

  constructor(
    runtime: SchedulerRuntime,
    announcer: RunAnnouncer,
    round: AlertRound,
    private readonly sender: DeliverySender,
  ) {
    const { config, logger } = runtime;
    const outages = new OutageLog(logger);
    this.#round = new NudgedTask(config.ALERT_ROUND_MS, () => outages.watch('alerts', () => round.go()));
    this.#sending = new PeriodicTask(config.ALERT_SEND_INTERVAL_MS, () =>
      outages.watch('alert messages', () => sender.sendDue()),
    );
    announcer.onChange(() => this.#round.nudge());
  }

  onApplicationBootstrap(): void {
    this.#round.start();
    this.#sending.start();
  }

  /** Before the connections are closed. What was not sent is sent by the next process. */
  async onModuleDestroy(): Promise<void> {
    await atMost(
      DRAIN_MS,
      Promise.all([this.#round.stop(), this.#sending.stop().then(() => this.sender.stop())]),
    );
  }
}
