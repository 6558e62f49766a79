import type { PlanInput, RestoreRequest, RestoreTask, SnapshotView } from '@periodic-backup/contracts';
import type { FieldError } from '../http/problem.js';
import { bytesOfChoice, pathProblem } from '../browse/snapshot-paths.js';

/** What is known of the places a restore may go to. */
export interface RestoreSurroundings {
  /** Of the agent that would write. */
  readonly agentKnown: boolean;
  /** The snapshot's plan, a deleted one too; null if the ledger does not know it. */
  readonly plan: Pick<PlanInput, 'agentId' | 'sourceDir'> | null;
}

/** The agent that writes what is restored. */
export function restoringAgent(request: Pick<RestoreRequest, 'agentId'>, snapshot: SnapshotView): string {
  return request.agentId ?? snapshot.agentId;
}

/** The task a request asks for, or everything that keeps it from working, by field. */
export function restoreTask(
  request: RestoreRequest,
  snapshot: SnapshotView,
  { agentKnown, plan }: RestoreSurroundings,
): RestoreTask | FieldError[] {
  const agentId = restoringAgent(request, snapshot);
  const paths = request.paths?.map(bytesOfChoice) ?? null;
  const problems: FieldError[] = [
    ...(agentKnown ? [] : [unknownAgent(agentId)]),
    ...(request.inPlace ? inPlaceProblems(agentId, plan) : []),
    ...(paths ?? []).flatMap((path, index) => pathProblems(path, index)),
  ];
  const destination = request.destination ?? plan?.sourceDir;
  if (problems.length > 0 || destination === undefined) return problems;
  return {
    kind: 'restore',
    snapshot: snapshot.snapshot,
    agentId,
    // "Everything" chosen among others is everything.
    paths: paths === null || paths.some((path) => path.length === 0) ? null : inBase64(paths),
    destination,
    conflict: request.conflict,
    dryRun: request.dryRun,
  };
}

export function unknownAgent(agentId: string): FieldError {
  return {
    path: 'agentId',
    message: `is not known: no agent "${agentId}" has ever announced itself. Start it, or name one of GET /api/v1/agents.`,
  };
}

function inPlaceProblems(agentId: string, plan: RestoreSurroundings['plan']): FieldError[] {
  if (plan === null)
    return [
      {
        path: 'inPlace',
        message:
          'cannot be: the plan is not known here, so neither is its source directory. Name a destination.',
      },
    ];
  if (plan.agentId === agentId) return [];
  return [
    {
      path: 'inPlace',
      message: `cannot be on agent "${agentId}": the plan's source directory is on agent "${plan.agentId}". Name a destination.`,
    },
  ];
}

function pathProblems(path: Buffer, index: number): FieldError[] {
  const message = pathProblem(path);
  return message === null ? [] : [{ path: `paths.${index}`, message }];
}

function inBase64(paths: readonly Buffer[]): NonNullable<RestoreTask['paths']> {
  return [...new Set(paths.map((path) => path.toString('base64')))];
}
