import { Overview } from '../overview.js';
import type { RouteTable } from './api-route.js';

export const overviewRoutes = {
  'GET /overview': { right: 'read', answer: Overview },
} satisfies RouteTable;
