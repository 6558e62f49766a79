import { DrillTask, TaskResult, type DrillView, type Run } from '@periodic-backup/contracts';

/** Drills as they measured how long it takes to get a plan's files back. Runs of another kind are left out. */
export function drillViews(runs: readonly Run[]): DrillView[] {
  return runs.flatMap((run) => {
    const task = DrillTask.safeParse(run.task).data;
    return task ? [drillView(run, task)] : [];
  });
}

function drillView(run: Run, task: DrillTask): DrillView {
  const result = TaskResult.safeParse(run.taskResult).data;
  const measured = result?.kind === 'drill' ? result : null;
  return {
    runId: run.id,
    state: run.state,
    reason: run.reason,
    agentId: task.agentId,
    snapshot: task.snapshot,
    sampleFiles: task.sampleFiles,
    seed: task.seed,
    requestedAt: run.scheduledFor,
    finishedAt: run.finishedAt,
    files: measured?.files ?? null,
    bytes: measured?.bytes ?? null,
    durationMs: measured?.durationMs ?? null,
    bytesPerSecond:
      measured && measured.durationMs > 0 ? Math.round((measured.bytes * 1000) / measured.durationMs) : null,
  };
}
