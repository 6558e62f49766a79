import { accessRoutes } from './access-routes.js';
import { alertRoutes } from './alert-routes.js';
import { fleetRoutes } from './fleet-routes.js';
import { overviewRoutes } from './overview-routes.js';
import { planRoutes } from './plan-routes.js';
import { runRoutes } from './run-routes.js';
import { snapshotRoutes } from './snapshot-routes.js';

export type { ApiRoute, PlansOfRoute, RouteName } from './api-route.js';

/**
 * Every operation under /api/v1. Clients take their types from here, and a test of the admin API holds it against
 * what the server has: a route that is changed on one side alone breaks the build or that test.
 */
export const apiRoutes = {
  ...overviewRoutes,
  ...planRoutes,
  ...runRoutes,
  ...snapshotRoutes,
  ...fleetRoutes,
  ...alertRoutes,
  ...accessRoutes,
};
export type ApiRoutes = typeof apiRoutes;
