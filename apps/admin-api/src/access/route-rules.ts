import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { RouteOptions } from 'fastify';
import { apiRoutes, type ApiRoute, type PlansOfRoute } from '@periodic-backup/contracts';

/** What the gate asks of who uses a route. */
export interface RouteRule {
  readonly right: ApiRoute['right'];
  readonly plans: PlansOfRoute | null;
}

const everybody: RouteRule = { right: 'everybody', plans: 'no' };
const reader: RouteRule = { right: 'read', plans: 'no' };

/** Routes beside the API proper, by the router's spelling. Those below `/api/docs` are files of its documentation. */
const OTHERS: Readonly<Record<string, RouteRule>> = {
  '/livez': everybody,
  '/readyz': everybody,
  '/metrics': everybody,
  '/api/docs': reader,
  '/api/openapi.json': reader,
  '/api/openapi.yaml': reader,
};

/** The rights of the contract, by the router's spelling: `GET /api/v1/plans/:id`. */
const RULES: ReadonlyMap<string, RouteRule> = new Map(
  Object.entries(apiRoutes as Readonly<Record<string, ApiRoute>>).map(([name, { right, plans }]) => {
    const [method = '', path = ''] = name.split(' ');
    return [`${method} /api/v1${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, { right, plans: plans ?? null }];
  }),
);

/** Null for a route that says nothing of its right: nobody may use it. Judged by the route that was matched. */
export function ruleOf(method: string, url: string): RouteRule | null {
  const rule = RULES.get(`${method === 'HEAD' ? 'GET' : method} ${url}`);
  if (rule) return rule;
  if (method !== 'GET' && method !== 'HEAD') return null;
  return OTHERS[url] ?? (url.startsWith('/api/docs/') ? reader : null);
}

/** A route without a right keeps the API from starting; those of the console say of themselves that they are. */
export function demandRights(app: NestFastifyApplication): void {
  const routes: RouteOptions[] = [];
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRoute', (route) => {
    routes.push(route);
  });
  fastify.addHook('onReady', async () => {
    for (const { method, url, config } of routes)
      for (const one of [method].flat())
        if (config?.console === undefined && ruleOf(one, url) === null)
          throw new Error(`The route ${one} ${url} has no right: give it one in libs/contracts/src/routes.`);
  });
}
