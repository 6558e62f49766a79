import type { AfterTransmit, Plan } from '@periodic-backup/contracts/http';
import { bandwidthOf, draftOfBandwidth, newBandwidth, type BandwidthDraft } from './bandwidth-draft.js';
import { draftOfRetention, newRetention, retentionOf, type RetentionDraft } from './retention-draft.js';
import {
  draftOfSchedule,
  lengthOf,
  newSchedule,
  scheduleOf,
  secondsOf,
  type LengthDraft,
  type ScheduleDraft,
} from './schedule-draft.js';

export interface ExcludeDraft {
  readonly id: number;
  readonly rule: string;
}

/** A plan as far as its form is filled in. */
export interface PlanDraft {
  readonly name: string;
  /** False: the name follows the source directory until somebody gives one. */
  readonly nameIsGiven: boolean;
  readonly agentId: string | null;
  readonly sourceDir: string;
  readonly excludes: readonly ExcludeDraft[];
  readonly destination: 'vault' | 'receiver';
  readonly vaultId: string | null;
  readonly host: string;
  /** NaN: empty. */
  readonly port: number;
  readonly schedule: ScheduleDraft;
  /** Null: twice the time between two due times. */
  readonly promisedAge: LengthDraft | null;
  readonly retention: RetentionDraft;
  readonly afterTransmit: AfterTransmit;
  readonly backupDir: string;
  readonly bandwidth: BandwidthDraft;
  /** Null: only by hand. */
  readonly verify: ScheduleDraft | null;
}

/** The zone of whoever looks: their nights are when backups should run. */
export function viewerZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

export function newPlanDraft(zone = viewerZone()): PlanDraft {
  return {
    ...{ name: '', nameIsGiven: false, agentId: null, sourceDir: '', excludes: [] },
    ...{ destination: 'vault', vaultId: null, host: '', port: 7400 },
    schedule: newSchedule(zone),
    promisedAge: null,
    retention: newRetention,
    ...{ afterTransmit: 'keep', backupDir: '' },
    bandwidth: newBandwidth(zone),
    verify: null,
  };
}

export function draftOfPlan(plan: Plan, zone = viewerZone()): PlanDraft {
  return {
    ...newPlanDraft(zone),
    ...{ name: plan.name, nameIsGiven: true, agentId: plan.agentId, sourceDir: plan.sourceDir },
    excludes: plan.excludes.map((rule, id) => ({ id, rule })),
    vaultId: plan.vaultId,
    schedule: draftOfSchedule(plan.schedule, zone),
    promisedAge: plan.recoveryPointSeconds === null ? null : lengthOf(plan.recoveryPointSeconds),
    retention: draftOfRetention(plan.retention),
    ...{ afterTransmit: plan.afterTransmit, backupDir: plan.backupDir ?? '' },
    bandwidth: draftOfBandwidth(plan.bandwidth, zone),
    verify: plan.verifySchedule && draftOfSchedule(plan.verifySchedule, zone),
  };
}

/** The same under another name. */
export function draftOfCopy(plan: Plan, zone = viewerZone()): PlanDraft {
  return { ...draftOfPlan(plan, zone), name: `${plan.name}-copy` };
}

/** What stays of a plan for ever, and cannot be among its changes: it says where the snapshots lie. */
const FIXED = ['name', 'agentId', 'vaultId', 'receiver'];

/** As the API takes it; of a saved plan only what may change. What is not filled in is left out. */
export function requestOf(draft: PlanDraft, isSaved: boolean): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    name: draft.name.trim(),
    agentId: draft.agentId ?? undefined,
    sourceDir: draft.sourceDir.trim(),
    excludes: filledExcludes(draft).map(({ rule }) => rule),
    ...(draft.destination === 'vault'
      ? { vaultId: draft.vaultId ?? undefined }
      : { receiver: { host: draft.host.trim(), port: Number.isNaN(draft.port) ? undefined : draft.port } }),
    schedule: scheduleOf(draft.schedule),
    recoveryPointSeconds: draft.promisedAge && (secondsOf(draft.promisedAge) ?? 0),
    retention: retentionOf(draft.retention),
    afterTransmit: draft.afterTransmit,
    backupDir: draft.afterTransmit === 'keep' ? null : draft.backupDir.trim() || null,
    bandwidth: bandwidthOf(draft.bandwidth),
    verifySchedule: draft.verify && scheduleOf(draft.verify),
  };
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => value !== undefined && !(isSaved && FIXED.includes(name)),
    ),
  );
}

/** Empty lines are no rules. */
export function filledExcludes({ excludes }: PlanDraft): readonly ExcludeDraft[] {
  return excludes.filter(({ rule }) => rule.trim() !== '');
}
