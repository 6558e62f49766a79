import type { Run } from '@periodic-backup/contracts';

/** A run as the API tells it: a complete one unless changed. */
export function aRun(changes: Partial<Run> = {}): Run {
  return {
    id: '0d5a3c5e-8c1c-4b7e-9b58-0c9b1e1f0a01',
    planId: '0d5a3c5e-8c1c-4b7e-9b58-0c9b1e1f0a02',
    planName: 'docs',
    agentId: 'laptop',
    kind: 'backup',
    trigger: 'schedule',
    state: 'committed',
    reason: null,
    scheduledFor: '2026-11-22T14:05:00.000Z',
    queuedAt: null,
    startedAt: null,
    connectedAt: null,
    finishedAt: '2026-11-22T14:05:00.400Z',
    durationMs: 400,
    attempts: 1,
    receiverId: 'laptop',
    snapshot: '2026-11-22T140500Z',
    counts: { entries: 400, files: 340, bytesRead: 0, bytesSent: 0, bytesStored: 1_258_291, filesFailed: 0 },
    error: null,
    receipt: null,
    task: null,
    taskResult: null,
    ...changes,
  };
}
