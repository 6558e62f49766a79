import { basename, join } from 'node:path';
import type { Plan, PlanInput } from '@periodic-backup/contracts';
import {
  DEFAULT_AFTER_TRANSMIT,
  DEFAULT_SCHEDULE,
  type LauncherOptions,
} from '../options/launcher-options.js';
import { planNameFor } from './plan-name.js';

export type PlanWishes = Pick<LauncherOptions, 'schedule' | 'afterTransmit' | 'backupDir' | 'excludes'>;

export interface Place {
  readonly agentId: string;
  readonly vaultId: string;
}

/**
 * The plan that backs `sourceDir` up: the one that does so already, with what was asked for changed, else a new
 * one under a free name.
 */
export function wantedPlan(
  sourceDir: string,
  wishes: PlanWishes,
  { agentId, vaultId }: Place,
  existing: readonly Plan[],
  ownExclude: string | undefined,
  oneOfMany: boolean,
): PlanInput {
  const own = existing.filter((plan) => plan.agentId === agentId);
  const earlier = own.find((plan) => plan.sourceDir === sourceDir && plan.vaultId === vaultId);
  const name =
    earlier?.name ??
    planNameFor(
      sourceDir,
      own.map((plan) => plan.name),
    );
  const afterTransmit = wishes.afterTransmit ?? earlier?.afterTransmit ?? DEFAULT_AFTER_TRANSMIT;
  const excludes = [...(wishes.excludes ?? earlier?.excludes ?? [])];
  if (ownExclude !== undefined && !excludes.includes(ownExclude)) excludes.push(ownExclude);
  return {
    name,
    agentId,
    vaultId,
    sourceDir,
    excludes,
    afterTransmit,
    backupDir: afterTransmit === 'keep' ? null : backupDirOf(wishes.backupDir, name, oneOfMany, earlier),
    schedule: wishes.schedule ?? earlier?.schedule ?? DEFAULT_SCHEDULE,
    bandwidth: earlier?.bandwidth ?? null,
    retention: earlier?.retention ?? null,
    recoveryPointSeconds: earlier?.recoveryPointSeconds ?? null,
    verifySchedule: earlier?.verifySchedule ?? null,
  };
}

/** Several sources do not mix in one backup directory: each has a folder of its plan's name. */
function backupDirOf(
  wished: string | undefined,
  name: string,
  oneOfMany: boolean,
  earlier: Plan | undefined,
): string | null {
  if (wished === undefined) return earlier?.backupDir ?? null;
  return oneOfMany && basename(wished) !== name ? join(wished, name) : wished;
}
