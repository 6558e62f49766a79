import type { KeyObject } from 'node:crypto';
import {
  digestOrder,
  digestTerms,
  signTicket,
  type AgentTaskJob,
  type ReceiverOffer,
  type Task,
  type TaskOrder,
  type VaultJob,
} from '@periodic-backup/contracts';
import type { TaskTarget } from '@periodic-backup/ledger';
import { isAgentWork, type TaskRun } from './task-run.js';

/** How long a session to read may be opened: the restore of a large snapshot is resumed under the same ticket. */
export const READ_TICKET_LIFE_MS = 24 * 3_600_000;

/** A job and whose queue it goes to. */
export type TaskJob =
  | { readonly to: 'agent'; readonly job: AgentTaskJob }
  | { readonly to: 'vault'; readonly vaultId: string; readonly job: VaultJob };

/** What an attempt of a task needs; for an agent with the ticket that binds its order. */
export function buildTaskJob(
  run: TaskRun,
  work: { readonly task: Task; readonly target: TaskTarget; readonly receivers: readonly ReceiverOffer[] },
  {
    ticketKey,
    now,
    keyId,
  }: {
    readonly ticketKey: KeyObject;
    readonly now: Date;
    /** Id of the agent's key; null: it has none that the ledger knows, or the work is no agent's. */
    readonly keyId: string | null;
  },
): TaskJob {
  const { task, target, receivers } = work;
  const { vaultId, place } = target;
  const taskOrder: TaskOrder = {
    runId: run.id,
    epoch: run.epoch,
    planId: run.planId,
    vaultId,
    place,
    task,
  };
  const issuedAt = Math.floor(now.getTime() / 1000);
  const times = { nbf: issuedAt, exp: issuedAt + READ_TICKET_LIFE_MS / 1000 };
  const orderDigest = digestOrder(taskOrder);
  if (!isAgentWork(task)) {
    const claims = { v: 1 as const, verb: 'maintain' as const, vaultId, orderDigest, ...times };
    return { to: 'vault', vaultId, job: { type: 'task', taskOrder, ticket: signTicket(claims, ticketKey) } };
  }
  const ticket = signTicket(
    {
      v: 1,
      verb: 'read',
      vaultId,
      ...place,
      snapshot: task.snapshot,
      runId: run.id,
      agentId: task.agentId,
      orderDigest,
      termsDigest: digestTerms({ receivers }),
      ...(keyId === null ? {} : { holder: keyId }),
      ...times,
    },
    ticketKey,
  );
  return { to: 'agent', job: { taskOrder, ticket, receivers: [...receivers] } };
}
