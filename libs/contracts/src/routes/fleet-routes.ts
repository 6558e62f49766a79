import {
  DirectoryCheck,
  DirectoryCheckRequest,
  DirectoryListing,
  DirectoryQuery,
  Estimate,
  EstimateRequest,
} from '../agent-look.js';
import { AgentChange, AgentView, ReceiverChange, ReceiverView, VaultChange, VaultView } from '../http.js';
import { AgentPage, ReceiverPage, VaultPage } from '../pages.js';
import { ReindexAccepted } from '../task-requests.js';
import type { RouteTable } from './api-route.js';

export const fleetRoutes = {
  'GET /agents': { answer: AgentPage },
  'GET /agents/{id}': { answer: AgentView },
  'PATCH /agents/{id}': { body: AgentChange, answer: AgentView },
  'GET /agents/{id}/directories': { query: DirectoryQuery, answer: DirectoryListing },
  'POST /agents/{id}/estimate': { body: EstimateRequest, answer: Estimate },
  'POST /agents/{id}/check': { body: DirectoryCheckRequest, answer: DirectoryCheck },
  'GET /receivers': { answer: ReceiverPage },
  'PATCH /receivers/{id}': { body: ReceiverChange, answer: ReceiverView },
  'GET /vaults': { answer: VaultPage },
  'GET /vaults/{id}': { answer: VaultView },
  'PATCH /vaults/{id}': { body: VaultChange, answer: VaultView },
  'POST /vaults/{id}/reindex': { answer: ReindexAccepted },
} satisfies RouteTable;
