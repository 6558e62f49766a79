import {
  AgentPage,
  Plan,
  Problem,
  ReceiverPage,
  Run,
  RunAccepted,
  RunPage,
  RunProblemPage,
  type AgentView,
  type PlanInput,
  type ReceiverView,
  type RunProblem,
} from '@periodic-backup/contracts/http';
import { z } from 'zod';
import { ApiError, ApiUnreachableError, sentenceOf } from './api-errors.js';

const TIMEOUT_MS = 15_000;

/** The REST API as programs of ours use it: every answer is checked against the shape it should have. */
export class ApiClient {
  /**
   * @param token sent as `Authorization: Bearer`, if the API wants one
   * @param headers sent with every request
   */
  constructor(
    readonly url: string,
    private readonly token?: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  get<T extends z.ZodType>(schema: T, path: string): Promise<z.output<T>> {
    return this.#request(schema, 'GET', path);
  }

  send<T extends z.ZodType>(
    schema: T,
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<z.output<T>> {
    return this.#request(schema, method, path, body);
  }

  /** All items of a list that comes in pages, page by page. */
  async *pages<T extends z.ZodType>(item: T, path: string): AsyncGenerator<z.output<T>> {
    const page = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
    const separator = path.includes('?') ? '&' : '?';
    for (let cursor: string | null = null, first = true; first || cursor !== null; first = false) {
      const at: string = cursor === null ? '' : `${separator}cursor=${encodeURIComponent(cursor)}`;
      const { items, nextCursor } = (await this.get(page, `${path}${at}`)) as {
        items: z.output<T>[];
        nextCursor: string | null;
      };
      yield* items;
      cursor = nextCursor;
    }
  }

  /** A download: the answer with its body still to come. @throws ApiError */
  download(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
    return this.answer(path, { headers });
  }

  /** An answer as it is, with its body still to come. @throws ApiError */
  async answer(path: string, init: RequestInit): Promise<Response> {
    const response = await this.#fetch(path, init);
    if (!response.ok) throw await refusalOf(response, init.method ?? 'GET', path);
    return response;
  }

  async plans(): Promise<Plan[]> {
    const plans: Plan[] = [];
    for await (const plan of this.pages(Plan, '/plans?limit=500')) plans.push(plan);
    return plans;
  }

  async receivers(): Promise<ReceiverView[]> {
    return (await this.#request(ReceiverPage, 'GET', '/receivers')).items;
  }

  async agents(): Promise<AgentView[]> {
    return (await this.#request(AgentPage, 'GET', '/agents')).items;
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
    return (await this.#request(RunPage, 'GET', `/runs?limit=${limit}`)).items;
  }

  async runProblems(runId: string, limit: number): Promise<RunProblem[]> {
    return (await this.#request(RunProblemPage, 'GET', `/runs/${runId}/problems?limit=${limit}`)).items;
  }

  /** The open stream of live events. */
  async events(signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await this.#fetch('/events', { signal, headers: { accept: 'text/event-stream' } });
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
    const response = await this.#fetch(path, {
      method,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    if (!response.ok) throw await refusalOf(response, method, path);
    return schema.parse(await response.json().catch(() => null));
  }

  async #fetch(path: string, { headers, ...init }: RequestInit): Promise<Response> {
    const authorization = this.token === undefined ? {} : { authorization: `Bearer ${this.token}` };
    try {
      return await fetch(`${this.url}/api/v1${path}`, {
        ...init,
        headers: { ...this.headers, ...(headers as Record<string, string>), ...authorization },
      });
    } catch (error) {
      if (init.signal?.aborted && (error as Error).name === 'AbortError') throw error;
      const cause = (error as Error).cause ?? error;
      throw new ApiUnreachableError(
        `The admin API does not answer at ${this.url} (${(cause as Error).message || (cause as { code?: string }).code}).`,
        { cause: error },
      );
    }
  }
}

async function refusalOf(response: Response, method: string, path: string): Promise<ApiError> {
  const problem = Problem.safeParse(await response.json().catch(() => null));
  return new ApiError(
    problem.success ? sentenceOf(problem.data) : `${method} ${path} answered ${response.status}.`,
    response.status,
    problem.data?.instance,
    problem.data ?? null,
  );
}
