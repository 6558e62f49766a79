import { DrillView } from '@periodic-backup/contracts';
import { formatBytes, formatDuration } from '@periodic-backup/terminal';
import { answer, type CommandContext } from '../command-context.js';
import { CommandError, EXIT, type ExitCode } from '../exit-codes.js';
import { findPlan } from '../naming/find-plan.js';
import { findSnapshot } from '../naming/find-snapshot.js';
import { normalised } from '../naming/path-in-snapshot.js';
import { localTime } from '../output/ages.js';
import { table } from '../output/table.js';
import { startTask, type WaitOptions } from './run-now.js';

export interface RestoreOptions extends WaitOptions {
  readonly to?: string;
  readonly inPlace: boolean;
  readonly agent?: string;
  readonly conflict: string;
  readonly dryRun: boolean;
}

/** `pbk restore SNAPSHOT [PATH…]`: back to an agent. */
export async function restore(
  context: CommandContext,
  snapshot: string,
  paths: readonly string[],
  { to, inPlace, agent, conflict, dryRun, ...wait }: RestoreOptions,
): Promise<ExitCode> {
  if ((to === undefined) === !inPlace)
    throw new CommandError(
      'Say where to: --to DIR for a directory of its own, or --in-place for where it came from.',
    );
  const { id } = await findSnapshot(context.api, snapshot);
  const chosen = paths.map(normalised).filter((path) => path !== '');
  return startTask(
    context,
    `/snapshots/${id}/restore`,
    {
      ...(to === undefined ? { inPlace: true } : { destination: to }),
      ...(agent === undefined ? {} : { agentId: agent }),
      ...(chosen.length === 0 ? {} : { paths: chosen }),
      conflict,
      dryRun,
    },
    wait,
  );
}

/** `pbk verify PLAN|SNAPSHOT`: a plan's name means all of its snapshots. */
export async function verify(
  context: CommandContext,
  what: string,
  bytesPerSecond: number | null,
  wait: WaitOptions,
): Promise<ExitCode> {
  const path = what.includes('@')
    ? `/snapshots/${(await findSnapshot(context.api, what)).id}/verify`
    : await pathOfPlanOrSnapshot(context, what);
  return startTask(context, path, { bytesPerSecond }, wait);
}

async function pathOfPlanOrSnapshot({ api }: CommandContext, what: string): Promise<string> {
  try {
    return `/plans/${(await findPlan(api, what)).id}/verify`;
  } catch (error) {
    if (!/^[0-9a-f-]{36}$/.test(what)) throw error;
    return `/snapshots/${(await findSnapshot(api, what)).id}/verify`;
  }
}

export interface DrillOptions extends WaitOptions {
  readonly agent?: string;
  readonly sample?: number;
  readonly seed?: number;
  readonly list: boolean;
}

/** `pbk drill PLAN`: restores into a scratch directory, compares, deletes, and says how long it took. */
export async function drill(context: CommandContext, plan: string, options: DrillOptions): Promise<ExitCode> {
  const { id } = await findPlan(context.api, plan);
  if (options.list) return listDrills(context, id);
  const { agent, sample, seed, detach } = options;
  return startTask(
    context,
    `/plans/${id}/drill`,
    {
      ...(agent === undefined ? {} : { agentId: agent }),
      ...(sample === undefined ? {} : { sampleFiles: sample }),
      ...(seed === undefined ? {} : { seed }),
    },
    { detach },
  );
}

async function listDrills(context: CommandContext, planId: string): Promise<ExitCode> {
  const drills: DrillView[] = [];
  for await (const one of context.api.pages(DrillView, `/plans/${planId}/drills?limit=100`)) drills.push(one);
  answer(context, drills, () =>
    drills.length === 0
      ? 'No drill yet. Start one with: pbk drill PLAN'
      : table(
          ['WHEN', 'SNAPSHOT', 'STATE', 'FILES', 'SIZE', 'TOOK', '', 'SEED'],
          drills.map((one) => [
            localTime(one.requestedAt),
            one.snapshot,
            one.state,
            String(one.files ?? ''),
            one.bytes === null ? '' : formatBytes(one.bytes),
            one.durationMs === null ? '' : formatDuration(one.durationMs),
            bar(one.durationMs, Math.max(...drills.map(({ durationMs }) => durationMs ?? 0))),
            String(one.seed),
          ]),
        ),
  );
  return EXIT.ok;
}

const WIDEST_BAR = 30;

/** A length beside the longest, so that a list reads as a chart over time. */
function bar(value: number | null, longest: number): string {
  if (value === null || longest === 0) return '';
  return '#'.repeat(Math.max(1, Math.round((value / longest) * WIDEST_BAR)));
}
