import type { KeyObject } from 'node:crypto';
import {
  digestOrder,
  digestTerms,
  signTicket,
  type ReceiverOffer,
  type RunJob,
  type RunOrder,
} from '@periodic-backup/contracts';
import type { AgentTerms, PlanRow, RunRow } from '@periodic-backup/ledger';

/** How long a session may be opened with a ticket. */
export const TICKET_LIFE_MS = 30 * 60_000;

/** What an agent needs for one attempt: the order as the plan stands now, and the ticket that binds it. */
export function buildRunJob(
  plan: PlanRow,
  run: RunRow,
  { receivers, vaultKey }: { readonly receivers: readonly ReceiverOffer[]; readonly vaultKey: string },
  {
    ticketKey,
    now,
    agent: { bandwidth, keyId },
  }: {
    readonly ticketKey: KeyObject;
    readonly now: Date;
    readonly agent: Pick<AgentTerms, 'bandwidth' | 'keyId'>;
  },
): RunJob {
  const order: RunOrder = {
    runId: run.id,
    epoch: run.epoch,
    planId: plan.id,
    agentId: plan.agentId,
    sourceDir: plan.sourceDir,
    excludes: plan.excludes,
    afterTransmit: plan.afterTransmit,
    backupDir: plan.backupDir,
    vaultId: plan.vaultId,
    ...(plan.bandwidth ? { bandwidth: plan.bandwidth } : {}),
  };
  const terms = { receivers: [...receivers], vaultKey, limits: { agent: bandwidth } };
  const issuedAt = Math.floor(now.getTime() / 1000);
  const ticket = signTicket(
    {
      v: 1,
      verb: 'append',
      runId: run.id,
      epoch: run.epoch,
      agentId: plan.agentId,
      planId: plan.id,
      agentFolder: plan.agentId,
      planFolder: plan.name,
      vaultId: plan.vaultId,
      accumulate: plan.afterTransmit === 'move',
      orderDigest: digestOrder(order),
      termsDigest: digestTerms(terms),
      ...(keyId === null ? {} : { holder: keyId }),
      nbf: issuedAt,
      exp: issuedAt + TICKET_LIFE_MS / 1000,
    },
    ticketKey,
  );
  return { order, ticket, ...terms };
}
