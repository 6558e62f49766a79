import { VaultJob, vaultQueue, type TaskOrder } from '@periodic-backup/contracts';
import { closeWorker, consume } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';
import type { Worker } from 'bullmq';
import { logger, type TestBed } from './test-bed.js';

/** The part of a receiver that takes its vault's jobs: it does nothing by itself. */
export class ScriptedReceiver {
  readonly jobs: VaultJob[] = [];
  readonly #worker: Worker;

  constructor(
    bed: TestBed,
    readonly receiverId: string,
    vaultId: string,
  ) {
    const options = { connection: bed.redis, logger };
    this.#worker = consume(vaultQueue(vaultId), VaultJob, async (job) => void this.jobs.push(job), options);
  }

  /** Jobs arrive and stay on the queue. */
  async holdJobs(): Promise<void> {
    await this.#worker.pause();
  }

  /** The order of the `nth` task it got, counted from 1. */
  task(nth = 1): Promise<TaskOrder> {
    return until(
      () => {
        const job = this.jobs[nth - 1];
        return job?.type === 'task' ? job.taskOrder : null;
      },
      { what: `task ${nth} of the vault` },
    );
  }

  close(): Promise<void> {
    return closeWorker(this.#worker, 2000);
  }
}
