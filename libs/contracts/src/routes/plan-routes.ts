import { HistoryQuery, PathHistory, SearchPage, SearchQuery } from '../browse.js';
import { PageQuery, RunAccepted } from '../http.js';
import { DrillPage, PlanPage } from '../pages.js';
import { PlanDeletion } from '../plan-deletion.js';
import { PlanHealth, PlanHealthPage, PlanHealthQuery } from '../plan-health-view.js';
import { Plan, PlanByName, PlanInput, PlanPatch } from '../plan.js';
import { PeriodQuery, PlanPromises, Promises, PromisesQuery } from '../promise-views.js';
import { RetentionPreview, RetentionPreviewQuery, RetentionTrial } from '../retention-preview.js';
import { DrillRequest, VerifyRequest } from '../task-requests.js';
import type { RouteTable } from './api-route.js';

export const planRoutes = {
  'GET /plans': { query: PageQuery, answer: PlanPage },
  'POST /plans': { body: PlanInput, answer: Plan },
  'PUT /plans/by-name/{agentId}/{name}': { body: PlanByName, answer: Plan },
  'GET /plans/{id}': { answer: Plan },
  'PATCH /plans/{id}': { body: PlanPatch, answer: Plan },
  'DELETE /plans/{id}': { answer: PlanDeletion },
  'GET /plans/{id}/deletion': { answer: PlanDeletion },
  'POST /plans/{id}/pause': { answer: Plan },
  'POST /plans/{id}/resume': { answer: Plan },
  'POST /plans/{id}/run': { answer: RunAccepted },
  'POST /plans/{id}/verify': { body: VerifyRequest.optional(), answer: RunAccepted },
  'POST /plans/{id}/drill': { body: DrillRequest.optional(), answer: RunAccepted },
  'GET /plans/{id}/drills': { query: PageQuery, answer: DrillPage },
  'POST /plans/{id}/retention/preview': {
    query: RetentionPreviewQuery,
    body: RetentionTrial,
    answer: RetentionPreview,
  },
  'GET /plans/{id}/search': { query: SearchQuery, answer: SearchPage },
  'GET /plans/{id}/history': { query: HistoryQuery, answer: PathHistory },
  'GET /plans/{id}/health': { answer: PlanHealth },
  'GET /plan-health': { query: PlanHealthQuery, answer: PlanHealthPage },
  'GET /plans/{id}/promises': { query: PeriodQuery, answer: PlanPromises },
  'GET /promises': { query: PromisesQuery, answer: Promises },
} satisfies RouteTable;
