import { join } from 'node:path';
import type { Plan, Run } from '@periodic-backup/contracts';
import { describeTree, makeLargeFile, until } from '@periodic-backup/testing';
import type { AdminClient } from './admin-client.js';

export interface DoneRun {
  readonly run: Run;
  /** What the source held during this run. */
  readonly content: Map<string, string>;
}

/** Load: from its making until `stop()` there is always a run of the plan under way, each with all bytes changed. */
export class RunAfterRun {
  readonly #done: DoneRun[] = [];
  readonly #ended: Promise<void>;
  #stopping = false;

  constructor(
    private readonly api: AdminClient,
    private readonly plan: Plan,
    private readonly directory: string,
    private readonly sizeMiB: number,
  ) {
    this.#ended = this.#repeat();
    // Whoever stops the load hears of a failure; until then it must not end the process.
    this.#ended.catch(() => undefined);
  }

  /** Resolves when a run that began after this call has ended. */
  async next(): Promise<void> {
    const enough = this.#done.length + 2;
    const what = `two more runs of plan ${this.plan.name}`;
    const ended = until(() => this.#done.length >= enough, { deadlineMs: 240_000, intervalMs: 50, what });
    await Promise.race([ended, this.#ended]);
  }

  /** Lets the present run end; resolves with all of them. Rejects if one of them could not be asked for. */
  async stop(): Promise<readonly DoneRun[]> {
    this.#stopping = true;
    await this.#ended;
    return this.#done;
  }

  async #repeat(): Promise<void> {
    for (let version = 1; !this.#stopping; version++) {
      makeLargeFile(join(this.directory, 'large.bin'), this.sizeMiB, `${this.plan.name} ${version}`);
      const content = describeTree(this.directory);
      const run = await this.api.ended(await this.api.runNow(this.plan));
      this.#done.push({ run, content });
    }
  }
}
