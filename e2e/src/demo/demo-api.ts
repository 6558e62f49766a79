import { FINAL_RUN_STATES, type Run } from '@periodic-backup/contracts';
import { until } from '@periodic-backup/testing';

/** What the demonstration asks of the REST API. */
export class DemoApi {
  constructor(private readonly url: string) {}

  /** The answer. @throws Error with the API's own words */
  async call<T = unknown>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}/${path}`, {
      method,
      ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  async items<T>(path: string): Promise<T[]> {
    return (await this.call<{ items: T[] }>('GET', path)).items;
  }

  /** Asks for a run and resolves with it once it has ended. */
  async runToEnd(path: string, body?: object): Promise<Run> {
    const { runId } = await this.call<{ runId: string }>('POST', path, body);
    return until(
      async () => {
        const run = await this.call<Run>('GET', `runs/${runId}`);
        return (FINAL_RUN_STATES as readonly string[]).includes(run.state) && run;
      },
      { deadlineMs: 90_000, intervalMs: 20, what: `${path} to end` },
    );
  }
}
