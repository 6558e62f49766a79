import type { ApiRoutes, Problem } from '@periodic-backup/contracts/http';
import type { z } from 'zod';
import { ApiError, ApiUnreachableError, sentenceOf } from './api-errors.js';

/**
 * Calls of the REST API by the route table of contracts. All of its types come from there and none of its code, so that
 * a browser loads no schema for it; a route, field or parameter that the API gives up no longer compiles here.
 */
export interface TypedApi {
  /** The answer. @throws ApiError, ApiUnreachableError; the signal's reason once it is aborted */
  call<R extends JsonRoute>(route: R, ...args: Arguments<R>): Promise<AnswerOf<R>>;
}

export type AnyRoute = keyof ApiRoutes;
/** Routes that answer JSON or nothing. */
export type JsonRoute = {
  [R in AnyRoute]: ApiRoutes[R]['answer'] extends 'stream' ? never : R;
}[AnyRoute];
/** Routes that only read. */
export type ReadRoute = Extract<JsonRoute, `GET ${string}`>;

export type AnswerOf<R extends AnyRoute> = ApiRoutes[R]['answer'] extends z.ZodType
  ? z.output<ApiRoutes[R]['answer']>
  : null;

/** What a caller of a route says: each part if, and only if, the route has it. */
export type RequestOf<R extends AnyRoute> = ParamsPart<R> & QueryPart<R> & BodyPart<R>;

type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamNames<Rest>
  : never;
type ParamsPart<R extends AnyRoute> = [ParamNames<R>] extends [never]
  ? unknown
  : { readonly params: Readonly<Record<ParamNames<R>, string>> };

type QueryPart<R extends AnyRoute> = ApiRoutes[R] extends { query: infer Q extends z.ZodObject }
  ? OptionalIfEmpty<'query', QueryOf<Q>>
  : unknown;
/** As the server reads it, with what has a default left out at will. */
type QueryOf<Q extends z.ZodObject> = {
  readonly [K in keyof z.output<Q> as MayLack<Q, K> extends true ? never : K]: z.output<Q>[K];
} & {
  readonly [K in keyof z.output<Q> as MayLack<Q, K> extends true ? K : never]?: z.output<Q>[K] | undefined;
};
type MayLack<Q extends z.ZodObject, K> = K extends keyof z.input<Q>
  ? undefined extends z.input<Q>[K]
    ? true
    : false
  : never;

type BodyPart<R extends AnyRoute> = ApiRoutes[R] extends { body: infer B extends z.ZodType }
  ? undefined extends z.input<B>
    ? { readonly body?: z.input<B> }
    : { readonly body: z.input<B> }
  : unknown;

type OptionalIfEmpty<Name extends string, Part> =
  Record<never, never> extends Part
    ? { readonly [N in Name]?: Part | undefined }
    : { readonly [N in Name]: Part };

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}
export type Arguments<R extends AnyRoute> =
  Record<never, never> extends RequestOf<R>
    ? [request?: RequestOf<R>, options?: CallOptions]
    : [request: RequestOf<R>, options?: CallOptions];

interface PlainRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

/** @param url of the API without `/api/v1`; empty in pages that the API serves itself */
export function typedApi(url: string, headers: Readonly<Record<string, string>> = {}): TypedApi {
  return {
    async call(route, ...[request, options]) {
      const { body } = (request ?? {}) as PlainRequest;
      const method = route.slice(0, route.indexOf(' '));
      const response = await reach(url + pathOf(route, request as PlainRequest), {
        method,
        headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
        signal: options?.signal ?? null,
      });
      if (!response.ok) throw await refusalOf(response, route);
      return (response.status === 204 ? null : await response.json()) as never;
    },
  };
}

/** The address of a route, for links, downloads and event sources. */
export function urlOf<R extends AnyRoute>(route: R, ...[request]: Arguments<R>): string {
  return pathOf(route, request as PlainRequest);
}

function pathOf(route: string, { params = {}, query = {} }: PlainRequest = {}): string {
  const path = route
    .slice(route.indexOf(' ') + 1)
    .replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const one of [value].flat()) if (one !== undefined && one !== null) search.append(name, String(one));
  return `/api/v1${path}${search.size > 0 ? `?${search}` : ''}`;
}

async function reach(address: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(address, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiUnreachableError('The admin API does not answer: is it running, and is the network up?', {
      cause: error,
    });
  }
}

async function refusalOf(response: Response, route: string): Promise<ApiError> {
  const answer: unknown = await response.json().catch(() => null);
  const problem = isProblem(answer) ? answer : null;
  const message = problem ? sentenceOf(problem) : `${route} answered ${response.status}.`;
  return new ApiError(message, response.status, problem?.instance, problem);
}

function isProblem(answer: unknown): answer is Problem {
  return typeof answer === 'object' && answer !== null && 'detail' in answer && 'status' in answer;
}
