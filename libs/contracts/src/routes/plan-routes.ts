import { HistoryQuery, PathHistory, SearchPage, SearchQuery } from '../browse.js';
import { PageQuery, PlanQuery, RunAccepted } from '../http.js';
import { DrillPage, PlanPage } from '../pages.js';
import { PlanDeletion } from '../plan-deletion.js';
import { PlanCharts, PlanFiguresQuery } from '../plan-figures.js';
import { PlanHealth, PlanHealthPage, PlanHealthQuery } from '../plan-health-view.js';
import { PlanPreview, PlanPreviewRequest } from '../plan-preview.js';
import { PlanStripQuery, PlanStrips } from '../plan-strips.js';
import { Plan, PlanByName, PlanPatch, PlanRequest } from '../plan.js';
import { PeriodQuery, PlanPromises, Promises, PromisesQuery } from '../promise-views.js';
import { RetentionPreview, RetentionPreviewQuery, RetentionTrial } from '../retention-preview.js';
import { DrillRequest, VerifyRequest } from '../task-requests.js';
import type { RouteTable } from './api-route.js';

export const planRoutes = {
  'GET /plans': { right: 'read', plans: 'answer leaves out', query: PlanQuery, answer: PlanPage },
  'POST /plans': { right: 'operate', body: PlanRequest, answer: Plan },
  'POST /plans/preview': { right: 'operate', body: PlanPreviewRequest, answer: PlanPreview },
  'PUT /plans/by-name/{agentId}/{name}': { right: 'operate', body: PlanByName, answer: Plan },
  'GET /plans/{id}': { right: 'read', plans: 'id is a plan', answer: Plan },
  'PATCH /plans/{id}': { right: 'operate', plans: 'id is a plan', body: PlanPatch, answer: Plan },
  'DELETE /plans/{id}': { right: 'delete', plans: 'id is a plan', answer: PlanDeletion },
  'GET /plans/{id}/deletion': { right: 'read', plans: 'id is a plan', answer: PlanDeletion },
  'POST /plans/{id}/pause': { right: 'operate', plans: 'id is a plan', answer: Plan },
  'POST /plans/{id}/resume': { right: 'operate', plans: 'id is a plan', answer: Plan },
  'POST /plans/{id}/run': { right: 'operate', plans: 'id is a plan', answer: RunAccepted },
  'POST /plans/{id}/verify': {
    right: 'operate',
    plans: 'id is a plan',
    body: VerifyRequest.optional(),
    answer: RunAccepted,
  },
  'POST /plans/{id}/drill': {
    right: 'operate',
    plans: 'id is a plan',
    body: DrillRequest.optional(),
    answer: RunAccepted,
  },
  'GET /plans/{id}/drills': { right: 'read', plans: 'id is a plan', query: PageQuery, answer: DrillPage },
  'POST /plans/{id}/retention/preview': {
    right: 'read',
    plans: 'id is a plan',
    query: RetentionPreviewQuery,
    body: RetentionTrial,
    answer: RetentionPreview,
  },
  'GET /plans/{id}/search': { right: 'read', plans: 'id is a plan', query: SearchQuery, answer: SearchPage },
  'GET /plans/{id}/history': {
    right: 'read',
    plans: 'id is a plan',
    query: HistoryQuery,
    answer: PathHistory,
  },
  'GET /plans/{id}/figures': {
    right: 'read',
    plans: 'id is a plan',
    query: PlanFiguresQuery,
    answer: PlanCharts,
  },
  'GET /plan-strips': {
    right: 'read',
    plans: 'answer leaves out',
    query: PlanStripQuery,
    answer: PlanStrips,
  },
  'GET /plans/{id}/health': { right: 'read', plans: 'id is a plan', answer: PlanHealth },
  'GET /plan-health': {
    right: 'read',
    plans: 'answer leaves out',
    query: PlanHealthQuery,
    answer: PlanHealthPage,
  },
  'GET /plans/{id}/promises': {
    right: 'read',
    plans: 'id is a plan',
    query: PeriodQuery,
    answer: PlanPromises,
  },
  'GET /promises': { right: 'read', query: PromisesQuery, answer: Promises },
} satisfies RouteTable;
