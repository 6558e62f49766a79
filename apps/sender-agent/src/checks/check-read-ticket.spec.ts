import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { AgentTaskJob } from '@periodic-backup/contracts';
import { RestoreScene } from '../testing/restore-scene.js';

let scene: RestoreScene;
beforeEach(async () => {
  scene = await RestoreScene.open();
  await scene.backUp();
});
afterEach(() => scene.close());

async function refusalOf(change: (job: AgentTaskJob) => AgentTaskJob) {
  const end = await scene.runJob(change(scene.job(scene.order(scene.restoreTask()))));
  expect(scene.receiver.sessions).toHaveLength(0);
  return end.error;
}

const changed = (job: AgentTaskJob, change: Partial<AgentTaskJob['taskOrder']>): AgentTaskJob => ({
  ...job,
  taskOrder: { ...job.taskOrder, ...change },
});

describe('an agent asked to restore', () => {
  it.each([
    ['destination', () => ({ task: scene.restoreTask({ destination: '/etc' }) })],
    ['vault', () => ({ vaultId: randomUUID() })],
    ['place', () => ({ place: { agentFolder: 'other', planFolder: 'plan' } })],
    ['run', () => ({ runId: randomUUID() })],
  ])('refuses an order whose %s is not the signed one', async (_, change) => {
    const error = await refusalOf((job) => changed(job, change()));
    expect(error).toMatchObject({ code: 'TICKET_INVALID', retryable: false });
  });

  it('refuses a ticket that the scheduler did not sign', async () => {
    const error = await refusalOf((job) => ({ ...job, ticket: job.ticket.replace(/.{4}$/, 'AAAA') }));
    expect(error?.code).toBe('TICKET_INVALID');
  });

  it('refuses a ticket to send', async () => {
    const order = scene.agent.order();
    const { ticket } = scene.agent.job(order, scene.receiver.offer);
    expect((await refusalOf((job) => ({ ...job, ticket })))?.message).toMatch(/to append, not to read/);
  });

  it('refuses what is meant for another agent', async () => {
    const task = scene.restoreTask({ agentId: 'other' });
    expect((await refusalOf((job) => changed(job, { task })))?.message).toMatch(
      /meant for the agent "other"/,
    );
  });

  it('refuses work of receivers', async () => {
    const task = { kind: 'verify', snapshots: null, bytesPerSecond: null } as const;
    expect((await refusalOf((job) => changed(job, { task })))?.code).toBe('TASK_UNKNOWN');
  });
});
