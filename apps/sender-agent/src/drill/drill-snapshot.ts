import type { DrillTask, TaskResult } from '@periodic-backup/contracts';
import type { OpenedSnapshot, SnapshotReader } from '@periodic-backup/reader';
import {
  chosenEntries,
  ChosenPaths,
  DestinationTree,
  EntryMetadata,
  holdsSame,
  LateEntries,
  LocalOwners,
  type RestoreJob,
  RestoreProblems,
  RestoreResult,
  restoreSnapshot,
  RestoreState,
} from '@periodic-backup/restore';
import { errnoOf } from '@periodic-backup/local-files';
import { withSnapshot, type TaskAttempt } from '../run/task-attempt.js';
import { sampledEntries, type Sample } from './sampled-entries.js';
import { makeScratch, removeScratch, requireRoom } from './scratch-directory.js';

type Result = Extract<TaskResult, { kind: 'drill' }>;

/**
 * Restores a snapshot or a sample of it into a scratch directory, reads back and compares every file, deletes them, and
 * tells how long it took. @throws SessionError, RunRefused
 */
export async function drillSnapshot(attempt: TaskAttempt, task: DrillTask): Promise<Result> {
  const { context } = attempt;
  const { runId } = attempt.job.taskOrder;
  const scratch = makeScratch(context.drillDir, runId);
  const state = RestoreState.open(context.state.restores, runId);
  state.remove();
  let startedAt: number | null = null;
  try {
    return await withSnapshot(attempt, task.snapshot, async (reader, opened) => {
      const drill = new Drill(attempt, task, scratch, RestoreState.open(context.state.restores, runId));
      if (startedAt === null) await drill.requireRoom(reader, opened);
      startedAt ??= performance.now();
      const { files, bytes } = await drill.restoreAndCompare(reader, opened);
      return { kind: 'drill', files, bytes, durationMs: performance.now() - startedAt, seed: task.seed };
    });
  } finally {
    state.remove();
    removeScratch(scratch.toString());
  }
}

class Drill {
  readonly #chosen = new ChosenPaths(null);
  readonly #problems: RestoreProblems;

  constructor(
    private readonly attempt: TaskAttempt,
    private readonly task: DrillTask,
    private readonly scratch: Buffer,
    private readonly state: RestoreState,
  ) {
    this.#problems = new RestoreProblems(attempt.tally, scratch);
  }

  async requireRoom(reader: SnapshotReader, opened: OpenedSnapshot): Promise<void> {
    if (this.task.sampleFiles === null) return requireRoom(this.scratch, opened.receipt.counts);
    const need = { entries: 0, bytes: 0 };
    for await (const entries of this.#entries(reader, opened)) {
      this.attempt.cancel.check();
      for (const { size } of entries) {
        need.entries++;
        need.bytes += size;
      }
    }
    requireRoom(this.scratch, need);
  }

  async restoreAndCompare(
    reader: SnapshotReader,
    opened: OpenedSnapshot,
  ): Promise<{ files: number; bytes: number }> {
    const { tally, cancel } = this.attempt;
    if (this.task.sampleFiles !== null) tally.estimate = null;
    const written = new LateEntries(`${this.state.lateFile}.drill`);
    try {
      const job: RestoreJob = {
        source: reader,
        chosen: this.#chosen,
        entries: () => this.#entries(reader, opened),
        destination: this.scratch,
        rule: 'overwrite',
        snapshot: this.task.snapshot,
        runId: this.attempt.job.taskOrder.runId,
        state: this.state,
        metadata: new EntryMetadata(new LocalOwners(opened.users, opened.groups)),
        tally,
        result: new RestoreResult(),
        problems: this.#problems,
        check: () => cancel.check(),
        onFile: (target, entry) => written.add({ entry, target, fresh: false }),
      };
      await restoreSnapshot(job);
      return await this.#compare(written);
    } finally {
      written.close();
    }
  }

  async #compare(written: LateEntries): Promise<{ files: number; bytes: number }> {
    const tree = new DestinationTree(this.scratch);
    const found = { files: 0, bytes: 0 };
    const check = (): void => this.attempt.cancel.check();
    try {
      for (const { entry, target } of written.read()) {
        check();
        let isSame = false;
        try {
          isSame = await holdsSame(tree.reach(target), entry, check);
        } catch (error) {
          if (errnoOf(error) === 'UNKNOWN') throw error;
        }
        if (isSame) {
          found.files++;
          found.bytes += entry.size;
        } else this.#problems.damaged(entry.path, 'DRILL_MISMATCH');
      }
    } finally {
      tree.close();
    }
    return found;
  }

  #entries(reader: SnapshotReader, { receipt }: OpenedSnapshot): ReturnType<typeof chosenEntries> {
    const all = chosenEntries(reader, this.#chosen, () => undefined);
    const { sampleFiles, seed } = this.task;
    if (sampleFiles === null) return all;
    const sample: Sample = { files: sampleFiles, seed, outOf: receipt.counts.files };
    return sampledEntries(all, sample);
  }
}
