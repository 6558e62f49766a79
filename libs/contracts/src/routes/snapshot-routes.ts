import { ContentQuery, DiffQuery, EntryQuery } from '../browse.js';
import { RunAccepted, SnapshotQuery, SnapshotView } from '../http.js';
import { DiffPage, EntryPage, SnapshotPage } from '../pages.js';
import { RestoreRequest, VerifyRequest } from '../task-requests.js';
import type { RouteTable } from './api-route.js';

export const snapshotRoutes = {
  'GET /snapshots': { query: SnapshotQuery, answer: SnapshotPage },
  'GET /snapshots/{id}': { answer: SnapshotView },
  'PUT /snapshots/{id}/pin': { answer: SnapshotView },
  'DELETE /snapshots/{id}/pin': { answer: null },
  'GET /snapshots/{id}/entries': { query: EntryQuery, answer: EntryPage },
  'GET /snapshots/{id}/diff/{otherId}': { query: DiffQuery, answer: DiffPage },
  'GET /snapshots/{id}/content': { query: ContentQuery, answer: 'stream' },
  'POST /snapshots/{id}/restore': { body: RestoreRequest, answer: RunAccepted },
  'POST /snapshots/{id}/verify': { body: VerifyRequest.optional(), answer: RunAccepted },
} satisfies RouteTable;
