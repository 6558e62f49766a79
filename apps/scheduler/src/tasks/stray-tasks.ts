import { Injectable } from '@nestjs/common';
import type { ReceiverPresence, RunError } from '@periodic-backup/contracts';
import { activeTasks, findTaskTarget } from '@periodic-backup/ledger';
import { vaultInWords, type Surroundings } from '../dispatch/choose-offers.js';
import { PresenceReader } from '../dispatch/presence-reader.js';
import { decideStray, type Sighting, type StrayDecision } from '../reconcile/decide-stray.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { READ_TICKET_LIFE_MS } from './build-task-job.js';
import { TaskMender } from './task-mender.js';
import { TaskQueues } from './task-queues.js';
import { asTask, isAgentWork, type TaskRun } from './task-run.js';

const PAGE = 500;

/** Finds tasks that the ledger calls queued or running and that are not. */
@Injectable()
export class StrayTasks {
  constructor(
    private readonly runtime: SchedulerRuntime,
    private readonly presence: PresenceReader,
    private readonly queues: TaskQueues,
    private readonly mender: TaskMender,
  ) {}

  async findAndMend(): Promise<void> {
    const { config, ledger } = this.runtime;
    // After a start or a loss of Redis everybody looks silent for a while.
    if (!this.runtime.redisIsSettled(Date.now())) return;
    // Only agents have a ticket that runs out while they are busy.
    const withAgents = {
      reportMs: config.SETTLE_MS,
      transitMs: 2000,
      silenceMs: config.AGENT_SILENCE_MS,
      offlineMs: config.AGENT_OFFLINE_MS,
      inLineMs: (READ_TICKET_LIFE_MS * 2) / 3,
    };
    // By then BullMQ has given the job of a receiver that hangs to another one, should there be one.
    const silenceMs = 2 * config.AGENT_SILENCE_MS;
    const withVaults = { ...withAgents, silenceMs, inLineMs: Infinity };
    for (let afterId: string | null = null; ;) {
      const page = await activeTasks(ledger, { afterId, limit: PAGE });
      if (page.length === 0) return;
      const around = await this.presence.aroundEach(page.map(({ agentId }) => agentId));
      for (const row of page) {
        const run = asTask(row);
        if (!run) continue;
        const { vaultId, sighting, restarted } = await this.#sight(run, around(run.agentId));
        const patience = isAgentWork(run.task) ? withAgents : withVaults;
        const decision: StrayDecision = restarted
          ? { kind: 'end attempt', error: restarted }
          : decideStray(sighting, new Date(), patience);
        if (decision.kind !== 'leave') await this.mender.mend(run, vaultId, decision);
      }
      if (page.length < PAGE) return;
      afterId = page.at(-1)!.id;
    }
  }

  async #sight(
    run: TaskRun,
    { agent, receivers }: Surroundings,
  ): Promise<{ vaultId: string; sighting: Sighting; restarted: RunError | null }> {
    const target = await findTaskTarget(this.runtime.ledger, run.planId, run.task);
    const vaultId = target?.vaultId ?? '';
    const standing = run.state === 'queued' ? await this.queues.standing(run, vaultId) : null;
    if (isAgentWork(run.task)) {
      const agentNamesRun = agent?.presence.activeRuns.includes(run.id) ?? false;
      const sighting = { run, agentOnline: agent?.online ?? false, agentNamesRun, standing };
      return { vaultId, sighting, restarted: null };
    }
    const online = receivers.filter((receiver) => receiver.online && receiver.presence.vaultId === vaultId);
    const worker = online.find(({ presence }) => presence.receiverId === run.receiverId);
    const served = run.state === 'running' ? worker !== undefined : online.length > 0;
    const carrier = `The receiver of ${vaultInWords(vaultId, receivers)}`;
    const sighting = { run, carrier, agentOnline: served, agentNamesRun: false, standing };
    return { vaultId, sighting, restarted: worker ? whyRestarted(run, worker.presence) : null };
  }
}

/** Both instants are of the receiver's clock: what it spoke of before its start ended with its earlier process. */
function whyRestarted(run: TaskRun, { receiverId, startedAt }: ReceiverPresence): RunError | null {
  if (run.state !== 'running' || !run.aliveAt || run.aliveAt.getTime() >= Date.parse(startedAt)) return null;
  return { code: 'RECEIVER_RESTARTED', message: `Receiver "${receiverId}" was restarted`, retryable: true };
}
