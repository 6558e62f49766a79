import { Injectable } from '@nestjs/common';
import { redisReady } from '@periodic-backup/platform';
import { Dispatcher } from '../dispatch/dispatcher.js';
import { Reconciler } from '../reconcile/reconciler.js';
import { TaskRounds } from '../tasks/task-rounds.js';
import { VaultSampler } from '../vaults/vault-sampler.js';
import { OutageLog } from './outage-log.js';
import { PeriodicTask } from './periodic-task.js';
import { SchedulerRuntime } from './scheduler-runtime.js';
import { standingRounds } from './standing-rounds.js';

/** What is looked at again and again: the safety net below the jobs, and what only time brings about. */
@Injectable()
export class SchedulerRounds {
  readonly #rounds: readonly PeriodicTask[];

  constructor(
    private readonly runtime: SchedulerRuntime,
    dispatcher: Dispatcher,
    reconciler: Reconciler,
    tasks: TaskRounds,
    sampler: VaultSampler,
  ) {
    const { config, logger } = runtime;
    const outages = new OutageLog(logger);
    this.#rounds = [
      new PeriodicTask(config.RECONCILE_INTERVAL_MS, () => reconciler.reconcile(outages)),
      new PeriodicTask(config.DISPATCH_INTERVAL_MS, () =>
        outages.watch('dispatch', () => dispatcher.dispatchAll()),
      ),
      standingRounds(runtime, outages),
      ...tasks.create(outages),
      new PeriodicTask(config.VAULT_SAMPLE_INTERVAL_MS, () =>
        outages.watch('samples of vaults', () => sampler.sample()),
      ),
    ];
  }

  /** Gives Redis a second to answer, so that the first round sees it. */
  async start(): Promise<void> {
    await redisReady(this.runtime.producerRedis, 1000).catch(() => undefined);
    for (const round of this.#rounds) round.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#rounds.map((round) => round.stop()));
  }
}
