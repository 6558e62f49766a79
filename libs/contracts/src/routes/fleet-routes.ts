import {
  DirectoryCheck,
  DirectoryCheckRequest,
  DirectoryListing,
  DirectoryQuery,
  Estimate,
  EstimateRequest,
} from '../agent-look.js';
import { AgentChange, AgentView, ReceiverChange, ReceiverView, VaultChange, VaultView } from '../http.js';
import { Invitation, InvitationRequest, Revocation } from '../joining.js';
import { AgentPage, ReceiverPage, VaultPage } from '../pages.js';
import { ReindexAccepted } from '../task-requests.js';
import { ReceiverStart, ReceiverStopped, Surroundings } from '../surroundings.js';
import { VaultGrowth, VaultGrowthQuery } from '../vault-growth.js';
import type { RouteTable } from './api-route.js';

export const fleetRoutes = {
  'GET /agents': { right: 'read', answer: AgentPage },
  'GET /agents/{id}': { right: 'read', answer: AgentView },
  'PATCH /agents/{id}': { right: 'operate', body: AgentChange, answer: AgentView },
  'GET /agents/{id}/directories': { right: 'operate', query: DirectoryQuery, answer: DirectoryListing },
  'POST /agents/{id}/estimate': { right: 'operate', body: EstimateRequest, answer: Estimate },
  'POST /agents/{id}/check': { right: 'operate', body: DirectoryCheckRequest, answer: DirectoryCheck },
  'POST /agents/invitations': { right: 'administer', body: InvitationRequest, answer: Invitation },
  'POST /agents/{id}/revoke': { right: 'administer', answer: Revocation },
  'POST /receivers/invitations': { right: 'administer', body: InvitationRequest, answer: Invitation },
  'POST /receivers/{id}/revoke': { right: 'administer', answer: Revocation },
  'GET /receivers': { right: 'read', answer: ReceiverPage },
  'POST /receivers': { right: 'administer', body: ReceiverStart, answer: ReceiverView },
  'DELETE /receivers/{id}': { right: 'administer', answer: ReceiverStopped },
  'PATCH /receivers/{id}': { right: 'operate', body: ReceiverChange, answer: ReceiverView },
  'GET /surroundings': { right: 'read', answer: Surroundings },
  'GET /vaults': { right: 'read', answer: VaultPage },
  'GET /vaults/{id}': { right: 'read', answer: VaultView },
  'GET /vaults/{id}/growth': { right: 'read', query: VaultGrowthQuery, answer: VaultGrowth },
  'PATCH /vaults/{id}': { right: 'operate', body: VaultChange, answer: VaultView },
  'POST /vaults/{id}/reindex': { right: 'operate', answer: ReindexAccepted },
} satisfies RouteTable;
