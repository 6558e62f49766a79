import {
  FINAL_RUN_STATES,
  Plan,
  ReceiverView,
  Run,
  SnapshotView,
  type PlanInput,
  type RunState,
} from '@periodic-backup/contracts';
import { until } from '@periodic-backup/testing';
import { z } from 'zod';

/** The admin API as an operator's script uses it: a URL and a token. */
export class AdminClient {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async #call(method: string, path: string, body?: unknown): Promise<unknown> {
    const answer = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return JSON.parse(text);
  }

  async #items<T extends z.ZodType>(path: string, item: T): Promise<z.output<T>[]> {
    const answer = await this.#call('GET', path);
    return z.object({ items: z.array(item) }).parse(answer).items;
  }

  async createPlan(plan: z.input<typeof PlanInput>): Promise<Plan> {
    return Plan.parse(await this.#call('POST', '/plans', plan));
  }

  plans(): Promise<Plan[]> {
    return this.#items('/plans?limit=100', Plan);
  }

  runs(): Promise<Run[]> {
    return this.#items('/runs?limit=100', Run);
  }

  snapshots(): Promise<SnapshotView[]> {
    return this.#items('/snapshots?limit=100', SnapshotView);
  }

  async run(runId: string): Promise<Run> {
    return Run.parse(await this.#call('GET', `/runs/${runId}`));
  }

  async runNow(plan: Plan): Promise<string> {
    return z.object({ runId: z.string() }).parse(await this.#call('POST', `/plans/${plan.id}/run`)).runId;
  }

  /** Resolves with the run once it is final. */
  ended(runId: string): Promise<Run> {
    return until(
      async () => {
        const run = await this.run(runId);
        return (FINAL_RUN_STATES as readonly RunState[]).includes(run.state) && run;
      },
      { deadlineMs: 240_000, intervalMs: 100, what: `run ${runId} to end` },
    );
  }

  /** Resolves once exactly `count` receivers are online and take sessions. */
  receiversOnline(count: number): Promise<ReceiverView[]> {
    return until(
      async () => {
        const receivers = await this.#items('/receivers', ReceiverView);
        const ready = receivers.filter((one) => one.online && !one.draining && one.vaultWritable);
        return ready.length === count && ready;
      },
      { deadlineMs: 60_000, intervalMs: 100, what: `${count} receivers online` },
    );
  }
}
