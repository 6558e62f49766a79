import { Injectable } from '@nestjs/common';
import { activeRuns } from '@periodic-backup/ledger';
import { AgentQueues } from '../dispatch/agent-queues.js';
import { TICKET_LIFE_MS } from '../dispatch/build-run-job.js';
import { PresenceReader } from '../dispatch/presence-reader.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { decideStray } from './decide-stray.js';
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
    const agents = await this.presence.agents();
    for (let afterId: string | null = null; ;) {
      const page = await activeRuns(ledger, { afterId, limit: PAGE });
      for (const run of page) {
        const agent = agents.get(run.agentId);
        const sighting = {
          run,
          agentOnline: agent?.online ?? false,
          agentNamesRun: agent?.presence.activeRuns.includes(run.id) ?? false,
          standing: run.state === 'queued' ? await this.queues.standing(run) : null,
        };
        const decision = decideStray(sighting, new Date(), patience);
        if (decision.kind !== 'leave') await this.mender.mend(run, decision);
      }
      if (page.length < PAGE) return;
      afterId = page.at(-1)!.id;
    }
  }
}
