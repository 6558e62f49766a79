import type { KeyObject } from 'node:crypto';
import { digestOrder, digestTerms, openTicket, type AgentTaskJob } from '@periodic-backup/contracts';
import { refusalOfTicket } from './check-ticket.js';
import { RunRefused } from './run-refused.js';

/**
 * Passes if the ticket is a genuine one to read, valid now, made for this agent and for exactly this order.
 * @throws RunRefused
 */
export function checkReadTicket(
  { taskOrder, ticket, ...terms }: AgentTaskJob,
  agentId: string,
  key: KeyObject,
): void {
  const { runId, vaultId, place, task } = taskOrder;
  if (task.kind !== 'restore' && task.kind !== 'drill')
    throw new RunRefused('TASK_UNKNOWN', `An agent does no ${task.kind}; a vault's receivers do.`);
  if (task.agentId !== agentId)
    throw new RunRefused(
      'TICKET_INVALID',
      `The ${task.kind} is meant for the agent "${task.agentId}", this is "${agentId}". Give each agent an id of its own.`,
    );
  let fits: boolean;
  try {
    const claims = openTicket(ticket, key, 'read');
    fits =
      claims.runId === runId &&
      claims.agentId === agentId &&
      claims.vaultId === vaultId &&
      claims.agentFolder === place.agentFolder &&
      claims.planFolder === place.planFolder &&
      (claims.snapshot === null || claims.snapshot === task.snapshot) &&
      claims.orderDigest === digestOrder(taskOrder) &&
      (claims.termsDigest === undefined || claims.termsDigest === digestTerms(terms));
  } catch (error) {
    throw refusalOfTicket(error);
  }
  if (!fits)
    throw new RunRefused('TICKET_INVALID', 'The order was changed after the scheduler had signed it.');
}
