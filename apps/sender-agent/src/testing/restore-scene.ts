import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  digestOrder,
  signTicket,
  type AgentTaskJob,
  type DrillTask,
  type RestoreTask,
  type TaskOrder,
} from '@periodic-backup/contracts';
import { temporaryDirectory, ReadingServer } from '@periodic-backup/testing';
import { doTask } from '../run/do-task.js';
import type { RunEnd } from '../run/run-backup.js';
import { CancelFlag } from '../transfer/cancel-flag.js';
import { SNAPSHOT, SnapshotOnDisk } from './snapshot-on-disk.js';
import { TestAgent } from './test-run.js';

const AGENT = 'test-agent';

/** An agent, a snapshot on disk and a receiver in front of it. */
export class RestoreScene {
  readonly source: string;
  readonly destination: string;
  cancel = new CancelFlag();
  snapshot!: SnapshotOnDisk;
  receiver!: ReadingServer;
  readonly agent: TestAgent;
  readonly vaultId = randomUUID();

  private constructor(
    readonly root: string,
    private readonly remove: () => Promise<void>,
  ) {
    this.agent = new TestAgent(root);
    this.source = join(root, 'snapshot');
    this.destination = join(this.agent.source, 'restored');
    mkdirSync(this.source);
  }

  static async open(): Promise<RestoreScene> {
    const { path, remove } = await temporaryDirectory();
    return new RestoreScene(path, remove);
  }

  /** Takes the source as it is now for the snapshot. */
  async backUp(): Promise<SnapshotOnDisk> {
    this.snapshot = new SnapshotOnDisk(this.source, this.vaultId);
    await this.receiver?.close();
    this.receiver = await ReadingServer.open(this.snapshot);
    return this.snapshot;
  }

  order(task: RestoreTask | DrillTask): TaskOrder {
    return {
      ...{ runId: randomUUID(), epoch: Date.now(), planId: randomUUID(), vaultId: this.vaultId, task },
      place: { agentFolder: AGENT, planFolder: 'plan' },
    };
  }

  restoreTask(changes: Partial<RestoreTask> = {}): RestoreTask {
    return {
      ...{ kind: 'restore', snapshot: SNAPSHOT, agentId: AGENT, paths: null, destination: this.destination },
      ...{ conflict: 'fail', dryRun: false },
      ...changes,
    };
  }

  drillTask(changes: Partial<DrillTask> = {}): DrillTask {
    return { kind: 'drill', snapshot: SNAPSHOT, agentId: AGENT, sampleFiles: null, seed: 1, ...changes };
  }

  job(taskOrder: TaskOrder, { keys }: Pick<TestAgent, 'keys'> = this.agent): AgentTaskJob {
    const now = Math.floor(Date.now() / 1000);
    const { runId, vaultId, place } = taskOrder;
    const ticket = signTicket(
      {
        ...{ v: 1, verb: 'read', vaultId, ...place, snapshot: SNAPSHOT, runId, agentId: AGENT },
        ...{ orderDigest: digestOrder(taskOrder), nbf: now - 5, exp: now + 600 },
      },
      keys.privateKey,
    );
    return { taskOrder, ticket, receivers: [this.receiver.offer] };
  }

  restore(changes: Partial<RestoreTask> = {}): Promise<RunEnd> {
    return this.runOrder(this.order(this.restoreTask(changes)));
  }

  drill(changes: Partial<DrillTask> = {}): Promise<RunEnd> {
    return this.runOrder(this.order(this.drillTask(changes)));
  }

  runOrder(order: TaskOrder): Promise<RunEnd> {
    return this.runJob(this.job(order));
  }

  runJob(job: AgentTaskJob): Promise<RunEnd> {
    const listener = { connected: () => undefined, progress: () => undefined };
    return doTask({ kind: 'task', job }, this.agent.context, listener, this.cancel);
  }

  async close(): Promise<void> {
    await this.receiver?.close();
    await this.remove();
  }
}
