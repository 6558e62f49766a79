import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunJob } from '@periodic-backup/contracts';
import { openScene, type Scene } from '../testing/scene.js';

let scene: Scene;
beforeEach(async () => {
  scene = await openScene();
});
afterEach(() => scene.close());

async function refusalOf(change: (job: RunJob) => RunJob) {
  const end = await scene.agent.runJob(change(scene.agent.job(scene.agent.order(), scene.receiver.offer)));
  expect(scene.receiver.sessions).toBe(0);
  return end.error;
}

describe('an agent', () => {
  it('refuses an order that differs from the signed one', async () => {
    const error = await refusalOf((job) => ({ ...job, order: { ...job.order, excludes: ['*'] } }));
    expect(error).toMatchObject({ code: 'TICKET_INVALID', retryable: false });
  });

  it('refuses a ticket that the scheduler did not sign', async () => {
    const error = await refusalOf((job) => ({ ...job, ticket: job.ticket.replace(/.{4}$/, 'AAAA') }));
    expect(error?.code).toBe('TICKET_INVALID');
  });

  it('refuses a run that is meant for another agent', async () => {
    const error = await refusalOf((job) => ({ ...job, order: { ...job.order, agentId: 'other' } }));
    expect(error?.message).toMatch(/meant for the agent "other"/);
  });

  it('asks for a new attempt when the ticket has expired', async () => {
    const past = Date.now() - 3_600_000;
    const expired = scene.agent.job(scene.agent.order(), scene.receiver.offer);
    const error = await refusalOf(() => scene.agent.jobAt(past, expired.order, scene.receiver.offer));
    expect(error).toMatchObject({ code: 'TICKET_EXPIRED', retryable: true });
  });
});
