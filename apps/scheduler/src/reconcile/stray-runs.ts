import { Injectable } from '@nestjs/common';
import { activeRuns } from '@periodic-backup/ledger';
import { AgentQueues } from '../dispatch/agent-queues.js';
import { TICKET_LIFE_MS } from '../dispatch/build-run-job.js';
import { PresenceReader } from '../dispatch/presence-reader.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { decideStray, isInTransit } from './decide-stray.js';
import { RunMender } from './run-mender.js';

const PAGE = 500;

/** Finds runs that the ledger calls queued or running and that are not. */
@Injectable()
export class StrayRuns {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly presence: PresenceReader,
    private readonly queues: AgentQueues,
    private readonly mender: RunMender,
  ) {}

  async findAndMend(): Promise<void> {
    const { config, ledger } = this.runtime;
    // After a start or a loss of Redis everybody looks silent for a while.
    if (!this.runtime.redisIsSettled(Date.now())) return;
    const patience = {
      silenceMs: config.AGENT_SILENCE_MS,
      offlineMs: config.AGENT_OFFLINE_MS,
      reportMs: config.SETTLE_MS,
      transitMs: 2000,
      inLineMs: (TICKET_LIFE_MS * 2) / 3,
    };
    for (let afterId: string | null = null; ;) {
      const page = await activeRuns(ledger, { afterId, limit: PAGE });
      if (page.length === 0) return;
      const around = await this.presence.aroundEach(page.map(({ agentId }) => agentId));
      for (const run of page) {
        const { agent } = around(run.agentId);
        const seen = {
          run,
          agentOnline: agent?.online ?? false,
          agentNamesRun: agent?.presence.activeRuns.includes(run.id) ?? false,
        };
        // Most are left whatever became of their job: those cost Redis nothing.
        const asks = run.state === 'queued' && !isInTransit(seen, new Date(), patience);
        const standing = asks ? await this.queues.standing(run) : null;
        const decision = decideStray({ ...seen, standing }, new Date(), patience);
        if (decision.kind !== 'leave') await this.mender.mend(run, decision);
      }
      if (page.length < PAGE) return;
      afterId = page.at(-1)!.id;
    }
  }
}
