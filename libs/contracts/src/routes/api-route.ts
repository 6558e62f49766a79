import type { z } from 'zod';
import type { Right } from '../access.js';

/**
 * How a route keeps to the plans of a caller who may only see some: by what its `{id}` names, by the `planId` of its
 * query, which such a caller must give, or by an answer that leaves out the others. `no`: it tells nothing of plans.
 */
export type PlansOfRoute =
  'id is a plan' | 'id is a run' | 'id is a snapshot' | 'planId in query' | 'answer leaves out' | 'no';

/** An operation of the REST API as its callers see it; by `METHOD /path` below /api/v1. */
export interface ApiRoute {
  /** What a caller must be allowed. `caller`: whoever is known to the API. `everybody`: those who are not, too. */
  readonly right: Right | 'caller' | 'everybody';
  /** Left out: callers who may only see some plans are refused. */
  readonly plans?: PlansOfRoute;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Of success. Null: there is none. `stream`: no JSON, but bytes or events that one reads by URL. */
  readonly answer: z.ZodType | 'stream' | null;
}

/** As it is written: `'GET /plans/{id}'`. */
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

export type RouteTable = Readonly<Record<RouteName, ApiRoute>>;
