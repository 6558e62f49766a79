import { EventQuery, PageQuery, RunAccepted, RunQuery } from '../http.js';
import { RunPage, RunProblemPage } from '../pages.js';
import { Run } from '../run.js';
import type { RouteTable } from './api-route.js';

export const runRoutes = {
  'GET /runs': { query: RunQuery, answer: RunPage },
  'GET /runs/{id}': { answer: Run },
  'GET /runs/{id}/problems': { query: PageQuery, answer: RunProblemPage },
  'POST /runs/{id}/cancel': { answer: RunAccepted },
  'GET /events': { query: EventQuery, answer: 'stream' },
} satisfies RouteTable;
