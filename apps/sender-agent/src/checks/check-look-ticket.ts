import type { KeyObject } from 'node:crypto';
import { digestOrder, openTicket, type AgentAskJob } from '@periodic-backup/contracts';
import { refusalOfTicket } from './check-ticket.js';
import { RunRefused } from './run-refused.js';

/**
 * Passes if the question was signed by the admin API for this agent, a moment ago, exactly as it came.
 * @throws RunRefused
 */
export function checkLookTicket(
  { questionId, question, ticket }: AgentAskJob,
  agentId: string,
  key: KeyObject,
): void {
  let fits: boolean;
  try {
    const claims = openTicket(ticket, key, 'look');
    fits =
      claims.agentId === agentId &&
      claims.questionId === questionId &&
      claims.questionDigest === digestOrder(question);
  } catch (error) {
    throw refusalOfTicket(error);
  }
  if (!fits)
    throw new RunRefused('TICKET_INVALID', 'The question is not the one that was signed for this agent.');
}
