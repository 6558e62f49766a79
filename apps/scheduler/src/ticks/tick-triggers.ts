import { Injectable } from '@nestjs/common';
import { TICKS, nextDueTime } from '@periodic-backup/contracts';
import { getPlan, type PlanRow, type PlanTerms } from '@periodic-backup/ledger';
import { openQueue } from '@periodic-backup/platform';
import type { JobSchedulerJson, Queue, RepeatOptions } from 'bullmq';
import { eachOf } from '../runtime/each-of.js';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';
import { TriggerWatch, fits } from './trigger-watch.js';

/** So many are put right at once: a wiped Redis lacks all of them. */
const AT_ONCE = 16;
/**
 * A trigger whose next instant lies this far in the past is stuck: BullMQ made no next job. Under load one is late because
 * its tick still stands in line: to set it anew then would only add to the load.
 */
const STUCK_MS = 30_000;

/** Finished ticks leave nothing: their ids would occupy the slots of later ones. */
const NOTHING_LEFT = { removeOnComplete: true, removeOnFail: true };

/**
 * One BullMQ job scheduler per plan that is live and not paused, under the plan's id. They only wake us: a lost,
 * doubled or wrong one is put right by the reconciler, and what is due is decided by the ledger and the calendar.
 */
@Injectable()
export class TickTriggers {
  readonly #queue: Queue;
  readonly #watch: TriggerWatch;

  constructor(private readonly runtime: SchedulerRuntime) {
    this.#queue = openQueue(TICKS, runtime.producerRedis, runtime.logger);
    this.#watch = new TriggerWatch(this.#queue, runtime.producerRedis, STUCK_MS);
  }

  /** Brings the trigger of one plan in line with the ledger. */
  async align(planId: string): Promise<void> {
    const plan = await getPlan(this.runtime.ledger, planId);
    const trigger = await this.#queue.getJobScheduler(planId);
    await this.#alignOne(planId, plan, trigger ?? null);
  }

  /** Brings all triggers in line with these plans, which are all live ones. Costs little where they are. */
  async alignAll(plans: readonly PlanTerms[]): Promise<void> {
    const doubtful = await this.#watch.doubtful(plans);
    // Several processes find the same ones: each begins elsewhere, and then finds most put right by the others.
    const begin = Math.floor(Math.random() * doubtful.length);
    const inTurn = [...doubtful.slice(begin), ...doubtful.slice(0, begin)];
    await eachOf(inTurn, AT_ONCE, (planId) => this.align(planId));
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  async #alignOne(planId: string, plan: PlanRow | null, trigger: JobSchedulerJson | null): Promise<void> {
    if (!plan || plan.pausedAt) {
      if (trigger) await this.#queue.removeJobScheduler(planId);
      return;
    }
    if (trigger && fits(trigger, plan.schedule) && (trigger.next ?? 0) > Date.now() - STUCK_MS) return;
    if (trigger) await this.#queue.removeJobScheduler(planId);
    await this.#queue.upsertJobScheduler(planId, repeatOf(plan), {
      name: 'tick',
      data: { planId },
      opts: NOTHING_LEFT,
    });
    this.runtime.logger.debug({ planId, had: trigger }, 'trigger set');
  }
}

function repeatOf({ schedule }: PlanRow): Omit<RepeatOptions, 'key'> {
  switch (schedule.kind) {
    case 'every':
      // Without a first date BullMQ would fire at once and count its periods from now, not from the epoch.
      return { every: schedule.everySeconds * 1000, startDate: nextDueTime(schedule, new Date()) };
    case 'cron':
      return { pattern: schedule.cron, tz: schedule.timezone };
  }
}
