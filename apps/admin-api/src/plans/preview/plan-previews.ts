import { Inject, Injectable } from '@nestjs/common';
import type { PlanInput, PlanPreview, PlanPreviewRequest } from '@periodic-backup/contracts';
import {
  findPlanByName,
  getPlan,
  snapshotsForRetention,
  type Ledger,
  type PlanRow,
} from '@periodic-backup/ledger';
import { LEDGER } from '../../connections/tokens.js';
import { LauncherLink } from '../../launcher/launcher-link.js';
import { notFound, type FieldError } from '../../http/problem.js';
import { previewOf } from '../../retention/preview-of.js';
import { fieldsOf, nameTaken } from '../plan-book.js';
import { planProblems, type PlanSurroundings } from '../plan-checks.js';
import { PlanWorld } from '../plan-world.js';
import { planCommands } from './plan-commands.js';
import { planWarnings } from './plan-warnings.js';
import { afterTransmitSentences, reviewSentences } from './plan-words.js';
import { readDraft } from './read-draft.js';
import { schedulePreview } from './schedule-preview.js';

type Values = Partial<PlanInput>;

/** Says what saving a plan would do, by the code that would do it. Changes nothing. */
@Injectable()
export class PlanPreviews {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly world: PlanWorld,
    private readonly launcher: LauncherLink,
  ) {}

  /** @throws ProblemError 404 for a saved plan that is not there */
  async preview(
    { plan, planId, snapshots: shown }: PlanPreviewRequest,
    origin: string,
    now = new Date(),
  ): Promise<PlanPreview> {
    const current = planId === undefined ? null : await this.#current(planId);
    const draft = readDraft(plan, current && fieldsOf(current));
    const errors = [...draft.errors];
    const values = { ...draft.values };
    if (draft.receiver && values.vaultId === undefined) {
      const found = await this.world.vaultAt(draft.receiver);
      if ('problem' in found) errors.push(found.problem);
      else values.vaultId = found.vaultId;
    }
    const around = await this.world.around(values);
    errors.push(...planProblems(values, around).filter(({ path }) => !isSaid(errors, path)));
    if (!current) errors.push(...(await this.#nameProblems(values)));
    const dueFrom = current && current.dueFrom > now ? current.dueFrom : now;
    return {
      ...{ errors, missing: draft.missing, effective: values },
      warnings: planWarnings(values, around, now),
      schedule: values.schedule ? schedulePreview(values.schedule, dueFrom) : null,
      verifySchedule: values.verifySchedule ? schedulePreview(values.verifySchedule, now) : null,
      retention: current && (await this.#retention(current, values, shown, now)),
      afterTransmit: afterTransmitSentences(values),
      review: reviewSentences(values, around.vaultName),
      vault: vaultOf(values.vaultId, around),
      commands: planCommands(values, errors.length === 0, {
        origin,
        launchedAgentId: (await this.launcher.state())?.agentId ?? null,
      }),
    };
  }

  async #current(planId: string): Promise<PlanRow> {
    const row = await getPlan(this.ledger, planId);
    if (!row) throw notFound('plan', planId);
    return row;
  }

  async #nameProblems({ agentId, name }: Values): Promise<FieldError[]> {
    if (agentId === undefined || name === undefined) return [];
    const other = await findPlanByName(this.ledger, agentId, name);
    if (!other) return [];
    const taken = { otherPlanId: other.id, otherIsDeleted: other.deletedAt !== null };
    return nameTaken({ agentId, name }, taken).more.errors ?? [];
  }

  async #retention(
    current: PlanRow,
    { retention = null, schedule = current.schedule, afterTransmit = current.afterTransmit }: Values,
    limit: number,
    now: Date,
  ): Promise<PlanPreview['retention']> {
    const snapshots = await snapshotsForRetention(this.ledger, current.id);
    if (snapshots.length === 0) return null;
    const { id, pausedAt } = current;
    return previewOf(
      { plan: { id, schedule, afterTransmit, pausedAt }, snapshots, policy: retention, now },
      { limit },
    );
  }
}

function isSaid(errors: readonly FieldError[], path: string): boolean {
  return errors.some((error) => error.path === path || error.path.startsWith(`${path}.`));
}

function vaultOf(vaultId: string | undefined, around: PlanSurroundings): PlanPreview['vault'] {
  if (vaultId === undefined || around.vaultName === null) return null;
  const [receiver] = around.receiversOnline;
  return {
    id: vaultId,
    name: around.vaultName,
    freeBytes: receiver?.freeBytes ?? null,
    totalBytes: receiver?.totalBytes ?? null,
    receiversOnline: around.receiversOnline.length,
  };
}
