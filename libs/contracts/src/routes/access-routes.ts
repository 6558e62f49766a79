import { Me } from '../access.js';
import type { RouteTable } from './api-route.js';

export const accessRoutes = {
  'GET /me': { right: 'caller', plans: 'no', answer: Me },
} satisfies RouteTable;
