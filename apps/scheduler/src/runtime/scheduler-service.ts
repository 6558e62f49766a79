import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HealthServer } from '@periodic-backup/platform';
import { JobQueues } from '../dispatch/job-queues.js';
import { TickTriggers } from '../ticks/tick-triggers.js';
import { atMost } from './at-most.js';
import { SchedulerRounds } from './scheduler-rounds.js';
import { SchedulerRuntime } from './scheduler-runtime.js';
import { SchedulerWorkers } from './scheduler-workers.js';

const DRAIN_MS = 5000;

/** The life of the process: health, workers, rounds; and in the other order at its end. */
@Injectable()
export class SchedulerService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #health: HealthServer;
  #stopping = false;
  /** Where the health server listens. */
  healthPort = 0;

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly workers: SchedulerWorkers,
    private readonly rounds: SchedulerRounds,
    private readonly queues: JobQueues,
    private readonly triggers: TickTriggers,
  ) {
    this.#health = new HealthServer(
      {
        scheduler: () => Promise.resolve(this.#stopping ? 'is shutting down' : null),
        postgres: () => runtime.ledgerConnection.notReadyReason(),
        redis: () => runtime.redisNotReadyReason(),
      },
      runtime.metrics.registry,
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger } = this.runtime;
    this.healthPort = await this.#health.listen(config.HEALTH_HOST, config.HEALTH_PORT);
    this.workers.start();
    await this.rounds.start();
    logger.info({ healthPort: this.healthPort }, 'scheduler started');
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    // Whatever hangs, because Redis or PostgreSQL is away, is repeated by the next process.
    await atMost(DRAIN_MS, Promise.all([this.rounds.stop(), this.workers.stop(DRAIN_MS)]));
    await atMost(1000, Promise.all([this.queues.close(), this.triggers.close()]));
    await this.#health.close();
    await this.runtime.close();
    this.runtime.logger.info('scheduler stopped');
  }
}
