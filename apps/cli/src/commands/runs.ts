import { Run, RunProblem, TaskResult } from '@periodic-backup/contracts';
import { formatBytes, formatDuration, taskInWords } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { findPlan } from '../naming/find-plan.js';
import { localTime } from '../output/ages.js';
import { shown, table } from '../output/table.js';

export interface RunsOptions {
  readonly plan?: string;
  readonly state?: string;
  readonly kind?: string;
  readonly limit: number;
}

/** `pbk runs`: what happened, newest first. */
export async function listRuns(context: CommandContext, options: RunsOptions): Promise<ExitCode> {
  const query = new URLSearchParams({ limit: String(Math.min(options.limit, 500)) });
  if (options.plan !== undefined) query.set('planId', (await findPlan(context.api, options.plan)).id);
  if (options.state !== undefined) query.set('state', options.state);
  if (options.kind !== undefined) query.set('kind', options.kind);
  const runs: Run[] = [];
  for await (const run of context.api.pages(Run, `/runs?${query}`)) {
    runs.push(run);
    if (runs.length >= options.limit) break;
  }
  answer(context, runs, () => (runs.length === 0 ? 'No run yet.' : runTable(runs)));
  return EXIT.ok;
}

function runTable(runs: readonly Run[]): string {
  return table(
    ['DUE', 'PLAN', 'KIND', 'STATE', 'TOOK', 'FILES', 'STORED', 'WHY', 'RUN'],
    runs.map((run) => [
      localTime(run.scheduledFor),
      run.planName,
      run.kind,
      run.state,
      run.durationMs === null ? '' : formatDuration(run.durationMs),
      String(run.counts.files),
      formatBytes(run.counts.bytesStored),
      shown(run.reason ?? ''),
      run.id,
    ]),
  );
}

/** `pbk runs --run ID`: one run, with the paths it had trouble with. */
export async function showRun(context: CommandContext, runId: string): Promise<ExitCode> {
  const run = await context.api.get(Run, `/runs/${runId}`);
  const problems: RunProblem[] = [];
  for await (const problem of context.api.pages(RunProblem, `/runs/${runId}/problems?limit=500`))
    problems.push(problem);
  answer(context, { ...run, problems }, () => runInWords(run, problems).join('\n'));
  return EXIT.ok;
}

/** What a run came to, for a person. */
export function runInWords(run: Run, problems: readonly RunProblem[]): string[] {
  const took = run.durationMs === null ? '' : ` in ${formatDuration(run.durationMs)}`;
  return [
    `${run.kind} of ${run.planName}: ${run.state}${took}${run.reason ? `. ${run.reason}` : ''}`,
    ...resultInWords(run),
    ...problems.map(({ path, code, message }) => `  ${shown(path)}: ${message} (${code})`),
  ];
}

function resultInWords(run: Run): string[] {
  const { kind, counts, snapshot } = run;
  if (kind === 'backup')
    return snapshot === null
      ? []
      : [`  snapshot ${snapshot}: ${counts.files} files, ${formatBytes(counts.bytesStored)} new`];
  const result = TaskResult.safeParse(run.taskResult).data;
  const words = taskInWords(run);
  return [
    ...(words === '' ? [] : [`  ${words}`]),
    ...(result ? detailsOf(result).map((line) => `    ${line}`) : []),
  ];
}

function detailsOf(result: TaskResult): string[] {
  switch (result.kind) {
    case 'restore':
      return result.plan.map(({ path, action }) => `${action}  ${shown(path)}`);
    case 'verify':
      return result.damages.map(
        ({ snapshot, path, what }) =>
          `${snapshot}  ${path === null ? 'manifest or receipt' : shown(path)} ${what}`,
      );
    case 'prune':
      return [
        ...result.removed.map((snapshot) => `removed ${snapshot}`),
        ...result.kept.map(({ snapshot, reason }) => `kept ${snapshot}: ${reason}`),
      ];
    case 'drill':
      return [`the same sample again: --seed ${result.seed}`];
  }
}
