import {
  AgentView,
  Plan,
  Problem,
  ReceiverView,
  Run,
  RunAccepted,
  RunProblem,
  pageOf,
  type PlanInput,
} from '@periodic-backup/contracts';
import { z } from 'zod';

const Plans = pageOf(Plan, 'PlanPage');
const Runs = pageOf(Run, 'RunPage');
const Receivers = pageOf(ReceiverView, 'ReceiverPage');
const Agents = pageOf(AgentView, 'AgentPage');
const Problems = pageOf(RunProblem, 'RunProblemPage');

const TIMEOUT_MS = 15_000;

/** The API refused a request; `message` is its own sentence. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    message: string,
    readonly status: number,
    /** What the refusal is about, if it names something. */
    readonly instance: string | undefined = undefined,
  ) {
    super(message);
  }
}

/** The part of the REST API that the launcher uses. */
export class ApiClient {
  constructor(readonly url: string) {}

  async plans(): Promise<Plan[]> {
    const plans: Plan[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: z.infer<typeof Plans> = await this.#request(Plans, 'GET', `/plans?limit=500${query}`);
      plans.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return plans;
  }

  async receivers(): Promise<ReceiverView[]> {
    return (await this.#request(Receivers, 'GET', '/receivers')).items;
  }

  async agents(): Promise<AgentView[]> {
    return (await this.#request(Agents, 'GET', '/agents')).items;
  }

  /** The plan of that name is as described, new or changed. */
  putPlan({ agentId, name, ...body }: PlanInput): Promise<Plan> {
    return this.#request(Plan, 'PUT', `/plans/by-name/${agentId}/${encodeURIComponent(name)}`, body);
  }

  /** A run of the plan will begin now; its id, or that of the one that waits already. */
  async runNow(planId: string): Promise<string> {
    try {
      return (await this.#request(RunAccepted, 'POST', `/plans/${planId}/run`)).runId;
    } catch (error) {
      const waiting =
        error instanceof ApiError && error.status === 409 ? error.instance?.split('/').at(-1) : undefined;
      if (waiting) return waiting;
      throw error;
    }
  }

  /** The run, null while the scheduler has not made it yet. */
  async run(runId: string): Promise<Run | null> {
    try {
      return await this.#request(Run, 'GET', `/runs/${runId}`);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return null;
      throw error;
    }
  }

  /** The latest runs, by due time. */
  async latestRuns(limit: number): Promise<Run[]> {
    return (await this.#request(Runs, 'GET', `/runs?limit=${limit}`)).items;
  }

  async runProblems(runId: string, limit: number): Promise<RunProblem[]> {
    return (await this.#request(Problems, 'GET', `/runs/${runId}/problems?limit=${limit}`)).items;
  }

  /** The open stream of live events. */
  async events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await fetch(`${this.url}/api/v1/events`, {
      signal,
      headers: { accept: 'text/event-stream' },
    });
    if (!response.ok || !response.body)
      throw new ApiError(`The events answered ${response.status}.`, response.status);
    return response.body;
  }

  async #request<T extends z.ZodType>(
    schema: T,
    method: string,
    path: string,
    body?: unknown,
  ): Promise<z.output<T>> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return schema.parse(answer);
    const problem = Problem.safeParse(answer);
    throw new ApiError(
      problem.success ? sentence(problem.data) : `${method} ${path} answered ${response.status}.`,
      response.status,
      problem.success ? problem.data.instance : undefined,
    );
  }
}

function sentence({ detail, errors }: Problem): string {
  const fields = errors?.map(({ path, message }) => `${path} ${message}`).join('; ');
  return fields ? `${detail} (${fields})` : detail;
}
