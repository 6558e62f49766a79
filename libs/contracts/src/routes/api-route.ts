import type { z } from 'zod';

/** An operation of the REST API as its callers see it; by `METHOD /path` below /api/v1. */
export interface ApiRoute {
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Of success. Null: there is none. `stream`: no JSON, but bytes or events that one reads by URL. */
  readonly answer: z.ZodType | 'stream' | null;
}

/** As it is written: `'GET /plans/{id}'`. */
export type RouteName = `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${string}`;

export type RouteTable = Readonly<Record<RouteName, ApiRoute>>;
