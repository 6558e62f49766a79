import { ContentQuery, DiffQuery, EntryQuery } from '../browse.js';
import { RunAccepted, SnapshotQuery, SnapshotView } from '../http.js';
import { DiffPage, EntryPage, SnapshotPage } from '../pages.js';
import { RestoreRequest, VerifyRequest } from '../task-requests.js';
import type { RouteTable } from './api-route.js';

export const snapshotRoutes = {
  'GET /snapshots': { right: 'read', plans: 'planId in query', query: SnapshotQuery, answer: SnapshotPage },
  'GET /snapshots/{id}': { right: 'read', plans: 'id is a snapshot', answer: SnapshotView },
  'PUT /snapshots/{id}/pin': { right: 'operate', plans: 'id is a snapshot', answer: SnapshotView },
  'DELETE /snapshots/{id}/pin': { right: 'delete', plans: 'id is a snapshot', answer: null },
  'GET /snapshots/{id}/entries': {
    right: 'read',
    plans: 'id is a snapshot',
    query: EntryQuery,
    answer: EntryPage,
  },
  'GET /snapshots/{id}/diff/{otherId}': {
    right: 'read',
    plans: 'id is a snapshot',
    query: DiffQuery,
    answer: DiffPage,
  },
  'GET /snapshots/{id}/content': {
    right: 'restore',
    plans: 'id is a snapshot',
    query: ContentQuery,
    answer: 'stream',
  },
  'POST /snapshots/{id}/restore': {
    right: 'restore',
    plans: 'id is a snapshot',
    body: RestoreRequest,
    answer: RunAccepted,
  },
  'POST /snapshots/{id}/verify': {
    right: 'operate',
    plans: 'id is a snapshot',
    body: VerifyRequest.optional(),
    answer: RunAccepted,
  },
} satisfies RouteTable;
