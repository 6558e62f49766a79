import { HealthState, PromiseCounts } from '@periodic-backup/contracts';
import type { PlanFigures } from '@periodic-backup/ledger';
import { Gauge, type Registry } from '@periodic-backup/platform';

/** How the plans do and what they promised, in sums: a series per plan would be thousands. */
export class PlanGauges {
  readonly #states: Gauge;
  readonly #broken: Gauge;
  readonly #without: Gauge;
  readonly #oldest: Gauge;
  readonly #lastDay: Gauge;

  constructor(registry: Registry) {
    const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
      new Gauge({ name, help, labelNames, registers: [registry] });
    this.#states = gauge('pbk_plans', 'Plans by their state of health', ['state']);
    this.#broken = gauge(
      'pbk_plans_outside_promise',
      'Plans whose newest good snapshot is older than promised',
    );
    this.#without = gauge('pbk_plans_without_recovery_point', 'Plans, not paused, without a good snapshot');
    this.#oldest = gauge(
      'pbk_oldest_recovery_point_seconds',
      'Age of the newest good snapshot of the plan, not paused, whose is the oldest',
    );
    this.#lastDay = gauge(
      'pbk_promises_last_day',
      'Backups that were due in the last 24 hours: expected, and what came of them; missed ones count though nobody wrote them down',
      ['outcome'],
    );
  }

  show(figures: PlanFigures): void {
    for (const state of HealthState.options) this.#states.set({ state }, figures.states[state]);
    this.#broken.set(figures.broken);
    this.#without.set(figures.withoutRecoveryPoint);
    this.#oldest.set(figures.oldestRecoveryPointSeconds);
    for (const outcome of Object.keys(PromiseCounts.shape) as (keyof PromiseCounts)[])
      this.#lastDay.set({ outcome }, figures.lastDay[outcome]);
  }
}
