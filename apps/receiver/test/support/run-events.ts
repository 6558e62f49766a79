import { RUN_EVENTS, SignedReport, type RunEvent } from '@periodic-backup/contracts';
import { connectRedis, createLogger, openQueue } from '@periodic-backup/platform';
import { until } from '@periodic-backup/testing';

/** The scheduler's end of the queue `run-events`: sees all that was told since the queue was last empty. */
export class RunEvents {
  readonly #logger = createLogger('test', 'fatal');
  readonly #redis;
  readonly #queue;

  constructor(redisUrl: string) {
    this.#redis = connectRedis(redisUrl, 'worker', this.#logger);
    this.#queue = openQueue(RUN_EVENTS, this.#redis, this.#logger);
  }

  /** Oldest first. */
  async all(): Promise<RunEvent[]> {
    const jobs = await this.#queue.getJobs(['waiting', 'prioritized', 'delayed'], 0, -1, true);
    return jobs.map((job) => SignedReport.parse(job.data).report);
  }

  async receiptsOf(runId: string): Promise<Extract<RunEvent, { type: 'receipt' }>[]> {
    const events = await this.all();
    return events.filter((event) => event.type === 'receipt' && event.receipt.runId === runId) as never;
  }

  async ofTask(runId: string): Promise<RunEvent[]> {
    return (await this.all()).filter((event) => 'runId' in event && event.runId === runId);
  }

  /** The end of an attempt of a task. */
  ended(runId: string, epoch = 1): Promise<Extract<RunEvent, { type: 'task-ended' }>> {
    return until(
      async () => {
        const events = await this.ofTask(runId);
        const found = events.find((event) => event.type === 'task-ended' && event.epoch === epoch);
        return found as Extract<RunEvent, { type: 'task-ended' }> | undefined;
      },
      { what: `the end of task ${runId}`, deadlineMs: 60_000, intervalMs: 50 },
    );
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#redis.disconnect();
  }
}
