import { isIP } from 'node:net';
import {
  scheduleProblem,
  type AgentPresence,
  type PlanInput,
  type ReceiverPresence,
} from '@periodic-backup/contracts';
import type { FieldError } from '../http/problem.js';
import { isLoopback } from '../config.js';
import { isWithin } from './path-containment.js';

/** What is known now about the machines a plan would use. */
export interface PlanSurroundings {
  /** Seen at any time. */
  readonly agentKnown: boolean;
  readonly vaultKnown: boolean;
  /** Null while the agent does not announce itself: its directories are checked when it runs. */
  readonly agent: AgentPresence | null;
  readonly vaultName: string | null;
  /** Those of the plan's vault that ever announced themselves, and those that do now. */
  readonly receivers: readonly ReceiverPresence[];
  readonly receiversOnline: readonly ReceiverPresence[];
}

/** Everything that would keep a plan from working, by field; empty if nothing is known to. Fields left out say nothing. */
export function planProblems(plan: Partial<PlanInput>, surroundings: PlanSurroundings): FieldError[] {
  return [
    ...agentProblems(plan, surroundings),
    ...vaultProblems(plan, surroundings),
    ...scheduleProblems(plan),
    ...backupDirProblems(plan),
  ];
}

function agentProblems(
  { agentId, sourceDir }: Partial<PlanInput>,
  { agentKnown, agent }: PlanSurroundings,
): FieldError[] {
  if (agentId === undefined) return [];
  if (!agentKnown)
    return [
      {
        path: 'agentId',
        message: `is not known: no agent "${agentId}" has ever announced itself. Start it, or see GET /api/v1/agents.`,
      },
    ];
  if (
    agent === null ||
    sourceDir === undefined ||
    agent.allowedDirs.some((allowed) => isWithin(sourceDir, allowed))
  )
    return [];
  const allowed = agent.allowedDirs.join(', ') || 'none';
  return [
    {
      path: 'sourceDir',
      message: `is not within the directories that agent "${agentId}" may read (${allowed}): add it to ALLOWED_DIRS on that machine.`,
    },
  ];
}

function vaultProblems(
  { vaultId, sourceDir, agentId }: Partial<PlanInput>,
  { vaultKnown, agent, receivers }: PlanSurroundings,
): FieldError[] {
  if (vaultId === undefined) return [];
  if (!vaultKnown)
    return [
      {
        path: 'vaultId',
        message:
          'is not known: no receiver has ever announced this vault. Start one, or see GET /api/v1/vaults.',
      },
    ];
  if (sourceDir === undefined) return [];
  const problems = receivers
    .filter((receiver) => agent !== null && onSameHost(receiver, agent))
    .flatMap(({ targetDir }) => {
      if (isWithin(targetDir, sourceDir))
        return `holds the vault's directory ${targetDir}: each backup would hold the ones before. Choose a directory without it.`;
      if ([agentId, '.vault'].some((own) => isWithin(sourceDir, `${targetDir}/${own}`)))
        return `lies inside the vault's directory ${targetDir}: it would back up its own backups.`;
      return [];
    });
  return [...new Set(problems)].map((message) => ({ path: 'sourceDir', message }));
}

function onSameHost(receiver: ReceiverPresence, agent: AgentPresence): boolean {
  return (
    isLoopback(receiver.host) ||
    (isIP(receiver.host) === 0 && receiver.host.toLowerCase() === agent.hostname.toLowerCase())
  );
}

function scheduleProblems(plan: Partial<PlanInput>): FieldError[] {
  return (['schedule', 'verifySchedule'] as const).flatMap((path) => {
    const schedule = plan[path];
    const message = schedule ? scheduleProblem(schedule) : null;
    return message === null ? [] : [{ path, message }];
  });
}

function backupDirProblems({ backupDir, sourceDir }: Partial<PlanInput>): FieldError[] {
  if (backupDir === null || backupDir === undefined || sourceDir === undefined) return [];
  if (isWithin(backupDir, sourceDir))
    return [
      {
        path: 'backupDir',
        message: 'lies inside the source directory: its copies would be backed up again.',
      },
    ];
  if (isWithin(sourceDir, backupDir))
    return [{ path: 'backupDir', message: 'holds the source directory: choose one beside it.' }];
  return [];
}
