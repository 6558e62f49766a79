import { Inject, Injectable } from '@nestjs/common';
import { RunState } from '@periodic-backup/contracts';
import {
  countOpenRuns,
  countRunsSince,
  lastSuccesses,
  readPlanFigures,
  type Ledger,
} from '@periodic-backup/ledger';
import { Gauge, type Logger, type Registry } from '@periodic-backup/platform';
import { Presence } from '../connections/presence.js';
import { LEDGER, LOGGER, METRICS } from '../connections/tokens.js';
import { PlanGauges } from './plan-gauges.js';

const CACHE_MS = 10_000;
const DAY_MS = 86_400_000;

/** Figures of the ledger and of who is online, read at most every 10 s however often they are asked for. */
@Injectable()
export class RunMetrics {
  readonly #open: Gauge;
  readonly #lastDay: Gauge;
  readonly #lastSuccess: Gauge;
  readonly #online: Gauge;
  readonly #vaultFree: Gauge;
  readonly #up: Gauge;
  readonly #plans: PlanGauges;
  #refreshed: Promise<void> = Promise.resolve();
  #refreshedAt = -Infinity;

  constructor(
    @Inject(LEDGER) private readonly ledger: Ledger,
    private readonly presence: Presence,
    @Inject(METRICS) readonly registry: Registry,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
      new Gauge({ name, help, labelNames, registers: [registry] });
    this.#open = gauge('pbk_runs_open', 'Runs that have not ended', ['state']);
    this.#lastDay = gauge('pbk_runs_last_day', 'Runs that were due in the last 24 hours', ['state']);
    this.#lastSuccess = gauge(
      'pbk_plan_last_success_timestamp_seconds',
      'When the last complete backup of a plan ended; 0 if none did',
      ['plan_id', 'plan', 'agent'],
    );
    this.#online = gauge('pbk_online', 'Processes that announce themselves', ['kind']);
    this.#vaultFree = gauge('pbk_vault_free_bytes', 'Free space of the vault, as its receiver sees it', [
      'vault',
      'receiver',
    ]);
    this.#plans = new PlanGauges(registry);
    this.#up = gauge('pbk_dependency_up', '1 if the figures of it are fresh', ['dependency']);
  }

  /** The metrics of this process in the format of Prometheus. */
  async render(): Promise<string> {
    if (performance.now() - this.#refreshedAt >= CACHE_MS) {
      this.#refreshedAt = performance.now();
      this.#refreshed = this.#refresh();
    }
    await this.#refreshed;
    return this.registry.metrics();
  }

  async #refresh(): Promise<void> {
    await Promise.all([
      this.#from('postgresql', () => this.#refreshRuns()),
      this.#from('redis', () => this.#refreshOnline()),
    ]);
  }

  async #from(dependency: string, refresh: () => Promise<void>): Promise<void> {
    try {
      await refresh();
      this.#up.set({ dependency }, 1);
    } catch (error) {
      this.logger.debug({ dependency, error: (error as Error).message }, 'figures not fresh');
      this.#up.set({ dependency }, 0);
    }
  }

  async #refreshRuns(): Promise<void> {
    const [open, lastDay, successes, figures] = await Promise.all([
      countOpenRuns(this.ledger),
      countRunsSince(this.ledger, new Date(Date.now() - DAY_MS)),
      lastSuccesses(this.ledger),
      readPlanFigures(this.ledger, new Date()),
    ]);
    this.#plans.show(figures);
    for (const state of ['waiting', 'queued', 'running'] as const)
      this.#open.set({ state }, open.get(state) ?? 0);
    for (const state of RunState.options) this.#lastDay.set({ state }, lastDay.get(state) ?? 0);
    this.#lastSuccess.reset();
    for (const { planId, planName, agentId, lastSuccessAt } of successes)
      this.#lastSuccess.set(
        { plan_id: planId, plan: planName, agent: agentId },
        (lastSuccessAt?.getTime() ?? 0) / 1000,
      );
  }

  async #refreshOnline(): Promise<void> {
    const [receivers, agents] = await Promise.all([this.presence.receivers(), this.presence.agents()]);
    this.#online.set({ kind: 'receiver' }, receivers.filter(({ online }) => online).length);
    this.#online.set({ kind: 'agent' }, agents.filter(({ online }) => online).length);
    this.#vaultFree.reset();
    for (const { presence, online } of receivers)
      if (online)
        this.#vaultFree.set({ vault: presence.vaultName, receiver: presence.receiverId }, presence.freeBytes);
  }
}
