import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type {
  AlertChannelInput,
  AlertChannelPatch,
  AlertChannelSettings,
  AlertChannelView,
  AlertRule,
  AlertRuleInput,
  AlertRulePatch,
} from '@periodic-backup/contracts';
import {
  NameTakenError,
  insertAlertChannel,
  insertAlertRule,
  listAlertChannels,
  livePlans,
  updateAlertChannel,
  updateAlertRule,
  type AlertChannelRow,
  type Ledger,
} from '@periodic-backup/ledger';
import { LEDGER } from '../connections/tokens.js';
import { ProblemError, notFound, type FieldError } from '../http/problem.js';
import { ChannelSeal } from './channel-seal.js';
import { mergeSettings, shownSettings } from './channel-settings.js';

/** Makes and changes channels and rules: only such as can work, as far as is known here. */
@Injectable()
export class AlertBook {
  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly secrets: ChannelSeal,
  ) {}

  /** With its secrets masked. */
  view(row: AlertChannelRow, newSecret: string | null = null): AlertChannelView {
    const { createdAt, updatedAt, settings: _sealed, ...fields } = row;
    return {
      ...fields,
      settings: shownSettings(this.secrets.open(row)),
      newSecret,
      createdAt: createdAt.toISOString(),
      updatedAt: updatedAt.toISOString(),
    };
  }

  /** @throws ProblemError 422 with the fields at fault, 409 for a name that is taken */
  async addChannel({ settings: input, ...fields }: AlertChannelInput): Promise<AlertChannelView> {
    const { settings, newSecret, problems } = mergeSettings(input, null);
    refuse([...problems, ...(await this.#pingProblems(settings))]);
    const id = randomUUID();
    const sealed = this.secrets.seal(id, settings);
    const row = await namesChecked(() =>
      insertAlertChannel(this.ledger, { id, ...fields, settings: sealed }),
    );
    return this.view(row, newSecret);
  }

  /** @throws ProblemError 404, 409, 422 */
  async changeChannel(
    id: string,
    { settings: input, ...patch }: AlertChannelPatch,
  ): Promise<AlertChannelView> {
    // Plans are looked up before the row is locked: one that is deleted meanwhile is never pinged, which is all.
    const plans = input?.kind === 'heartbeat' ? await this.#planIds() : new Set<string>();
    let newSecret: string | null = null;
    const row = await namesChecked(() =>
      updateAlertChannel(this.ledger, id, (current) => {
        const change = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
        if (!input) return change;
        if (input.kind !== current.settings.kind)
          refuse([
            { path: 'settings.kind', message: `is ${current.settings.kind} for ever: make a new channel` },
          ]);
        const merged = mergeSettings(input, this.secrets.open(current));
        refuse([...merged.problems, ...unknownPlans(merged.settings, plans)]);
        newSecret = merged.newSecret;
        return { ...change, settings: this.secrets.seal(id, merged.settings) };
      }),
    );
    if (!row) throw notFound('alert channel', id);
    return this.view(row, newSecret);
  }

  /** @throws ProblemError 422, 409 */
  async addRule(rule: AlertRuleInput): Promise<AlertRule> {
    refuse(await this.#ruleProblems(rule));
    return namesChecked(() => insertAlertRule(this.ledger, { ...rule, id: randomUUID() }));
  }

  /** @throws ProblemError 404, 409, 422 */
  async changeRule(id: string, patch: AlertRulePatch): Promise<AlertRule> {
    refuse(await this.#ruleProblems(patch));
    const rule = await namesChecked(() => updateAlertRule(this.ledger, id, patch));
    if (!rule) throw notFound('alert rule', id);
    return rule;
  }

  async #ruleProblems({ planIds, channelIds }: AlertRulePatch): Promise<FieldError[]> {
    const plans = planIds ? await this.#planIds() : new Set<string>();
    const channels = new Set(channelIds ? (await listAlertChannels(this.ledger)).map(({ id }) => id) : []);
    return [
      ...unknown(planIds, plans, 'planIds', 'is no plan: see GET /api/v1/plans'),
      ...unknown(channelIds, channels, 'channelIds', 'is no channel: see GET /api/v1/alert-channels'),
    ];
  }

  async #pingProblems(settings: AlertChannelSettings): Promise<FieldError[]> {
    return settings.kind === 'heartbeat' ? unknownPlans(settings, await this.#planIds()) : [];
  }

  async #planIds(): Promise<ReadonlySet<string>> {
    return new Set((await livePlans(this.ledger)).map(({ id }) => id));
  }
}

function unknownPlans(settings: AlertChannelSettings, plans: ReadonlySet<string>): FieldError[] {
  if (settings.kind !== 'heartbeat') return [];
  return settings.pings.flatMap(({ planId }, position) =>
    plans.has(planId)
      ? []
      : [{ path: `settings.pings.${position}.planId`, message: 'is no plan: see GET /api/v1/plans' }],
  );
}

function unknown(
  ids: readonly string[] | null | undefined,
  known: ReadonlySet<string>,
  path: string,
  message: string,
): FieldError[] {
  return (ids ?? []).flatMap((id, position) =>
    known.has(id) ? [] : [{ path: `${path}.${position}`, message }],
  );
}

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new ProblemError(422, 'It cannot work as described: see errors.', { errors });
}

async function namesChecked<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!(error instanceof NameTakenError)) throw error;
    throw new ProblemError(409, error.message, { errors: [{ path: 'name', message: 'is taken' }] });
  }
}
