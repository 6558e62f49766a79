import { EventQuery, PageQuery, RunAccepted, RunQuery } from '../http.js';
import { RunPage, RunProblemPage } from '../pages.js';
import { RunDetail } from '../run-detail.js';
import type { RouteTable } from './api-route.js';

export const runRoutes = {
  'GET /runs': { right: 'read', plans: 'planId in query', query: RunQuery, answer: RunPage },
  'GET /runs/{id}': { right: 'read', plans: 'id is a run', answer: RunDetail },
  'GET /runs/{id}/problems': {
    right: 'read',
    plans: 'id is a run',
    query: PageQuery,
    answer: RunProblemPage,
  },
  'POST /runs/{id}/cancel': { right: 'operate', plans: 'id is a run', answer: RunAccepted },
  'GET /events': { right: 'read', plans: 'planId in query', query: EventQuery, answer: 'stream' },
} satisfies RouteTable;
