import {
  Me,
  OwnPasswordChange,
  SessionRequest,
  TokenInput,
  TokenMade,
  TokenQuery,
  UserInput,
  UserPatch,
  UserView,
} from '../access.js';
import { AuditQuery, AuditVerification, AuditVerifyQuery } from '../audit.js';
import { AuditPage, TokenPage, UserPage } from '../pages.js';
import type { RouteTable } from './api-route.js';

export const accessRoutes = {
  'GET /me': { right: 'caller', plans: 'no', answer: Me },
  'PUT /me/password': { right: 'caller', plans: 'no', body: OwnPasswordChange, answer: null },
  'POST /session': { right: 'everybody', plans: 'no', body: SessionRequest, answer: Me },
  'DELETE /session': { right: 'caller', plans: 'no', answer: null },
  'GET /users': { right: 'administer', answer: UserPage },
  'POST /users': { right: 'administer', body: UserInput, answer: UserView },
  'PATCH /users/{id}': { right: 'administer', body: UserPatch, answer: UserView },
  'DELETE /users/{id}': { right: 'administer', answer: null },
  // Whose they are decides what else is needed.
  'GET /tokens': { right: 'caller', plans: 'no', query: TokenQuery, answer: TokenPage },
  'POST /tokens': { right: 'caller', plans: 'no', body: TokenInput, answer: TokenMade },
  'DELETE /tokens/{id}': { right: 'caller', plans: 'no', answer: null },
  'GET /audit': { right: 'administer', query: AuditQuery, answer: AuditPage },
  'GET /audit/verify': { right: 'administer', query: AuditVerifyQuery, answer: AuditVerification },
} satisfies RouteTable;
