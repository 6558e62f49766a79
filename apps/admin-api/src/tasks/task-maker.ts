import { Inject, Injectable } from '@nestjs/common';
import type {
  DrillRequest,
  DrillTask,
  RestoreRequest,
  RestoreTask,
  SnapshotView,
} from '@periodic-backup/contracts';
import { findPlan, getAgent, newestSnapshot, type Ledger } from '@periodic-backup/ledger';
import { Presence, unknownWhileAway } from '../connections/presence.js';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError, notFound, type FieldError } from '../http/problem.js';
import { SnapshotShelf } from '../snapshots/snapshot-shelf.js';
import { restoreTask, restoringAgent, unknownAgent } from './restore-task.js';

/** Makes tasks of requests: only such as can work, as far as is known here. */
@Injectable()
export class TaskMaker {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
    private readonly shelf: SnapshotShelf,
  ) {}

  /** @throws ProblemError 422 with the fields at fault */
  async restore(request: RestoreRequest, snapshot: SnapshotView): Promise<RestoreTask> {
    const [agentKnown, plan] = await Promise.all([
      this.#isKnown(restoringAgent(request, snapshot)),
      findPlan(this.ledger, snapshot.planId),
    ]);
    const task = restoreTask(request, snapshot, { agentKnown, plan });
    if (Array.isArray(task)) throw cannotWork('restore', task);
    return task;
  }

  /** @throws ProblemError 404, 410, 422 */
  async drill(planId: string, request: DrillRequest & { readonly seed: number }): Promise<DrillTask> {
    const snapshot = await this.#snapshotOf(planId, request.snapshotId);
    const agentId = request.agentId ?? snapshot.agentId;
    if (!(await this.#isKnown(agentId))) throw cannotWork('drill', [unknownAgent(agentId)]);
    const { sampleFiles, seed } = request;
    return { kind: 'drill', snapshot: snapshot.snapshot, agentId, sampleFiles, seed };
  }

  async #snapshotOf(planId: string, snapshotId: string | undefined): Promise<SnapshotView> {
    if (snapshotId === undefined) {
      const newest = await newestSnapshot(this.ledger, planId);
      if (newest) return newest;
      if (!(await findPlan(this.ledger, planId))) throw notFound('plan', planId);
      throw new ProblemError(409, `Plan ${planId} has no snapshot yet: run it first.`);
    }
    const snapshot = await this.shelf.take(snapshotId);
    if (snapshot.planId === planId) return snapshot;
    throw cannotWork('drill', [
      { path: 'snapshotId', message: `is one of plan ${snapshot.planId}, not of this plan.` },
    ]);
  }

  async #isKnown(agentId: string): Promise<boolean> {
    const [announced, recorded] = await Promise.all([
      this.presence.agent(agentId).catch(unknownWhileAway),
      getAgent(this.ledger, agentId),
    ]);
    return announced !== null || recorded !== null;
  }
}

function cannotWork(what: string, errors: FieldError[]): ProblemError {
  return new ProblemError(422, `The ${what} cannot work as described: see errors.`, { errors });
}
