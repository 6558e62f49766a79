import { Injectable } from '@nestjs/common';
import { vaultQueue } from '@periodic-backup/contracts';
import { AgentQueues, jobIdOf } from '../dispatch/agent-queues.js';
import { JobQueues, type JobStanding } from '../dispatch/job-queues.js';
import type { TaskJob } from './build-task-job.js';
import { isAgentWork, type TaskRun } from './task-run.js';

/** Where the jobs of tasks are: on the queue of their agent or of their vault. */
@Injectable()
export class TaskQueues {
  constructor(
    private readonly agents: AgentQueues,
    private readonly queues: JobQueues,
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

  /** Asks the agent to stop. */
  cancel(run: TaskRun): Promise<void> {
    return this.agents.cancel(run);
  }
}
