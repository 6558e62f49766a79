import type { KeyObject } from 'node:crypto';
import { TicketError, digestOrder, digestTerms, openTicket, type RunJob } from '@periodic-backup/contracts';
import { RunRefused } from './run-refused.js';

/** Passes if the ticket is genuine, valid now, made for this agent and for exactly this order. @throws RunRefused */
export function checkTicket(
  { order, ticket, ...terms }: RunJob,
  agentId: string,
  publicKey: KeyObject,
): void {
  if (order.agentId !== agentId)
    throw new RunRefused(
      'TICKET_INVALID',
      `The run is meant for the agent "${order.agentId}", this is "${agentId}". Give each agent an id of its own.`,
    );
  try {
    const claims = openTicket(ticket, publicKey, 'append');
    const fits =
      claims.runId === order.runId &&
      claims.epoch === order.epoch &&
      claims.agentId === order.agentId &&
      claims.planId === order.planId &&
      claims.vaultId === order.vaultId &&
      claims.orderDigest === digestOrder(order) &&
      (claims.termsDigest === undefined || claims.termsDigest === digestTerms(terms));
    if (fits) return;
  } catch (error) {
    throw refusalOfTicket(error);
  }
  throw new RunRefused('TICKET_INVALID', 'The order was changed after the scheduler had signed it.');
}

/** What the agent answers to a ticket that it could not open. */
export function refusalOfTicket(error: unknown): RunRefused {
  if (error instanceof TicketError && error.expired)
    return new RunRefused('TICKET_EXPIRED', `${error.message} The next attempt brings a new one.`, true);
  return new RunRefused(
    'TICKET_INVALID',
    `${(error as Error).message} Check that this agent has the scheduler's current public key.`,
  );
}
