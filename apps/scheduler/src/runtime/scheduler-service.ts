import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HealthServer } from '@periodic-backup/platform';
import { AgentQueues } from '../dispatch/agent-queues.js';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { PeriodicTask } from './periodic-task.js';
import { SchedulerRuntime } from './scheduler-runtime.js';
import { SchedulerWorkers } from './scheduler-workers.js';

const DRAIN_MS = 5000;

/** The life of the process: health, rounds, workers; and in the other order at its end. */
@Injectable()
export class SchedulerService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #health: HealthServer;
  readonly #rounds: readonly PeriodicTask[];
  #stopping = false;
  /** Where the health server listens. */
  healthPort = 0;

  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly workers: SchedulerWorkers,
    private readonly queues: AgentQueues,
    dispatcher: Dispatcher,
    reconciler: Reconciler,
  ) {
    const { config, logger } = runtime;
    this.#rounds = [
      new PeriodicTask('reconcile', config.RECONCILE_INTERVAL_MS, () => reconciler.reconcile(), logger),
      new PeriodicTask('dispatch', config.DISPATCH_INTERVAL_MS, () => dispatcher.dispatchAll(), logger),
    ];
    this.#health = new HealthServer(
      {
        scheduler: () => Promise.resolve(this.#stopping ? 'is shutting down' : null),
        postgres: () => runtime.ledgerConnection.notReadyReason(),
        redis: async () => {
          const answer = await runtime.producerRedis.ping();
          return answer === 'PONG' ? null : 'Redis does not answer';
        },
      },
      runtime.metrics.registry,
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    const { config, logger } = this.runtime;
    this.healthPort = await this.#health.listen(config.HEALTH_HOST, config.HEALTH_PORT);
    this.workers.start();
    for (const round of this.#rounds) round.start();
    logger.info({ healthPort: this.healthPort }, 'scheduler started');
  }

  async onApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    await Promise.all([...this.#rounds.map((round) => round.stop()), this.workers.stop(DRAIN_MS)]);
    await this.queues.close();
    await this.#health.close();
    await this.runtime.close();
    this.runtime.logger.info('scheduler stopped');
  }
}
