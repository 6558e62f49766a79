import { Inject, Injectable } from '@nestjs/common';
import type { PlanInput, PlanRequest, ReceiverAddress } from '@periodic-backup/contracts';
import { getAgent, getVault, type Ledger } from '@periodic-backup/ledger';
import { Presence, noneWhileAway, unknownWhileAway } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { invalid } from '../http/problem.js';
import { vaultAt } from './destination.js';
import type { PlanSurroundings } from './plan-checks.js';

/** What is known now of the machines that a plan would use. */
@Injectable()
export class PlanWorld {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
  ) {}

  /** The plan with its vault, which may have been named by the address of a receiver. @throws ProblemError 422, 503 */
  async resolve({ receiver, vaultId, ...plan }: PlanRequest): Promise<PlanInput> {
    if (vaultId !== undefined) return { ...plan, vaultId };
    const found = await this.vaultAt(receiver!);
    if ('problem' in found) throw invalid([found.problem]);
    return { ...plan, vaultId: found.vaultId };
  }

  /** @throws ProblemError 503 while Redis is away */
  async vaultAt(receiver: ReceiverAddress): Promise<ReturnType<typeof vaultAt>> {
    return vaultAt(receiver, await this.presence.receivers());
  }

  async around({ agentId, vaultId }: Partial<PlanInput>): Promise<PlanSurroundings> {
    const [agent, receivers, knownAgent, knownVault] = await Promise.all([
      agentId === undefined ? null : this.presence.agent(agentId).catch(unknownWhileAway),
      this.presence.receivers().catch(noneWhileAway),
      agentId === undefined ? null : getAgent(this.ledger, agentId),
      vaultId === undefined ? null : getVault(this.ledger, vaultId),
    ]);
    const ofVault = receivers.filter(({ presence }) => presence.vaultId === vaultId);
    return {
      agentKnown: agent !== null || knownAgent !== null,
      vaultKnown: ofVault.length > 0 || knownVault !== null,
      agent: agent?.online ? agent.presence : null,
      vaultName: ofVault[0]?.presence.vaultName ?? knownVault?.name ?? null,
      receivers: ofVault.map(({ presence }) => presence),
      receiversOnline: ofVault.filter(({ online }) => online).map(({ presence }) => presence),
    };
  }
}
