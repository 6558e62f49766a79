import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { AgentView, Bandwidth } from '@periodic-backup/contracts';
import {
  agentBandwidths,
  listAgents,
  setAgentBandwidth,
  upsertAgents,
  type Ledger,
} from '@periodic-backup/ledger';
import type { Logger } from '@periodic-backup/platform';
import { Presence, noneWhileAway } from '../connections/presence.js';
import { LEDGER, LOGGER } from '../connections/tokens.js';
import { notFound } from '../http/problem.js';

const RECORD_INTERVAL_MS = 10_000;

/** Remembers in the ledger which agents announced themselves, so that they are known when they are away. */
@Injectable()
export class AgentRegistry implements OnApplicationBootstrap, OnModuleDestroy {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.#record();
    this.#timer = setInterval(() => void this.#record(), RECORD_INTERVAL_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Every agent ever seen, by id, with what it announces now. */
  async list(): Promise<AgentView[]> {
    const [known, announced, bandwidths] = await Promise.all([
      listAgents(this.ledger),
      this.presence.agents().catch(noneWhileAway),
      agentBandwidths(this.ledger),
    ]);
    const views = new Map<string, Omit<AgentView, 'bandwidth'>>(
      known.map(({ id, hostname, version, lastSeenAt }) => [
        id,
        { agentId: id, hostname, version, online: false, seenAt: lastSeenAt.toISOString() },
      ]),
    );
    for (const { presence, online } of announced) views.set(presence.agentId, { ...presence, online });
    return [...views.values()]
      .sort((a, b) => (a.agentId < b.agentId ? -1 : 1))
      .map((view) => ({ ...view, bandwidth: bandwidths.get(view.agentId) ?? null }));
  }

  /** @throws ProblemError 404 */
  async get(agentId: string): Promise<AgentView> {
    const view = (await this.list()).find((agent) => agent.agentId === agentId);
    if (!view) throw notFound('agent', agentId);
    return view;
  }

  /** Holds for every run that is dispatched from now on, and for those that run beside it. @throws ProblemError 404 */
  async setBandwidth(agentId: string, bandwidth: Bandwidth | null): Promise<AgentView> {
    const agent = await this.get(agentId);
    await setAgentBandwidth(this.ledger, agentId, bandwidth);
    return { ...agent, bandwidth };
  }

  async #record(): Promise<void> {
    try {
      const announced = await this.presence.agents();
      await upsertAgents(
        this.ledger,
        announced.map(({ presence: { agentId, hostname, version, seenAt } }) => ({
          id: agentId,
          hostname,
          version,
          seenAt: new Date(seenAt),
        })),
      );
    } catch (error) {
      this.logger.debug({ error: (error as Error).message }, 'agents not recorded; trying again');
    }
  }
}
