import { Injectable } from '@nestjs/common';
import {
  VERIFICATION_KEPT_SECONDS,
  VERIFICATION_STOPPED,
  vaultQueue,
  verificationKey,
} from '@periodic-backup/contracts';
import { AgentQueues, jobIdOf } from '../dispatch/agent-queues.js';
import { cancelTicket } from '../dispatch/cancel-ticket.js';
import { JobQueues, type JobStanding } from '../dispatch/job-queues.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import type { TaskJob } from './build-task-job.js';
import { isAgentWork, type TaskRun } from './task-run.js';

/** Where the jobs of tasks are: on the queue of their agent or of their vault. */
@Injectable()
export class TaskQueues {
  constructor(
    private readonly agents: AgentQueues,
    private readonly queues: JobQueues,
    private readonly runtime: SchedulerRuntime,
  ) {}

  add(run: TaskRun, task: TaskJob): Promise<void> {
    return task.to === 'agent'
      ? this.agents.add(run, task.job)
      : this.queues.add(vaultQueue(task.vaultId), 'task', task.job, jobIdOf(run));
  }

  standing(run: TaskRun, vaultId: string): Promise<JobStanding> {
    return isAgentWork(run.task)
      ? this.agents.standing(run)
      : this.queues.standing(vaultQueue(vaultId), jobIdOf(run));
  }

  /** Takes a job back; `taken` if somebody has it already. */
  remove(run: TaskRun, vaultId: string): Promise<'removed' | 'taken'> {
    return isAgentWork(run.task)
      ? this.agents.remove(run)
      : this.queues.remove(vaultQueue(vaultId), jobIdOf(run));
  }

  /** Asks the agent to stop. Asking again does no harm. */
  stopAgent(run: TaskRun): Promise<void> {
    return this.agents.cancel(run);
  }

  /** Has receivers end what they still read for a verification, within seconds. A removal is over before it could stop. */
  async stopVault({ id, kind }: TaskRun, vaultId: string): Promise<void> {
    if (kind !== 'verify') return;
    const key = verificationKey(vaultId, id);
    const { producerRedis, ticketKey } = this.runtime;
    await producerRedis.hset(key, VERIFICATION_STOPPED, cancelTicket(id, `vault/${vaultId}`, ticketKey));
    await producerRedis.expire(key, VERIFICATION_KEPT_SECONDS);
  }
}
