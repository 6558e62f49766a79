import { Injectable } from '@nestjs/common';
import { TICKS, nextDueTime } from '@periodic-backup/contracts';
import { getPlan, type PlanRow } from '@periodic-backup/ledger';
import { openQueue } from '@periodic-backup/platform';
import type { JobSchedulerJson, Queue, RepeatOptions } from 'bullmq';
import { SchedulerRuntime } from '../runtime/scheduler-runtime.js';

/** A trigger whose next instant lies this far in the past is stuck: BullMQ made no next job. */
const STUCK_MS = 5_000;
const PAGE = 500;

/** Finished ticks leave nothing: their ids would occupy the slots of later ones. */
const NOTHING_LEFT = { removeOnComplete: true, removeOnFail: true };

/**
 * One BullMQ job scheduler per plan that is live and not paused, under the plan's id. They only wake us: a lost,
 * doubled or wrong one is put right by the reconciler, and what is due is decided by the ledger and the calendar.
 */
@Injectable()
export class TickTriggers {
  readonly #queue: Queue;

  constructor(private readonly runtime: SchedulerRuntime) {
    this.#queue = openQueue(TICKS, runtime.producerRedis, runtime.logger);
  }

  /** Brings the trigger of one plan in line with the ledger. */
  async align(planId: string): Promise<void> {
    const plan = await getPlan(this.runtime.ledger, planId);
    const trigger = await this.#queue.getJobScheduler(planId);
    await this.#alignOne(planId, plan, trigger ?? null);
  }

  /** Brings all triggers in line with these plans, which are all live ones. */
  async alignAll(plans: readonly PlanRow[]): Promise<void> {
    const triggers = new Map<string, JobSchedulerJson>();
    for (let start = 0; ; start += PAGE) {
      const page = await this.#queue.getJobSchedulers(start, start + PAGE - 1, true);
      for (const trigger of page) triggers.set(trigger.key, trigger);
      if (page.length < PAGE) break;
    }
    for (const plan of plans) {
      await this.#alignOne(plan.id, plan, triggers.get(plan.id) ?? null);
      triggers.delete(plan.id);
    }
    for (const planId of triggers.keys()) await this.align(planId);
  }

  close(): Promise<void> {
    return this.#queue.close();
  }

  async #alignOne(planId: string, plan: PlanRow | null, trigger: JobSchedulerJson | null): Promise<void> {
    if (!plan || plan.pausedAt) {
      if (trigger) await this.#queue.removeJobScheduler(planId);
      return;
    }
    if (trigger && fits(trigger, plan) && (trigger.next ?? 0) > Date.now() - STUCK_MS) return;
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

function fits(trigger: JobSchedulerJson, { schedule }: PlanRow): boolean {
  switch (schedule.kind) {
    case 'every':
      return trigger.every === schedule.everySeconds * 1000 && !trigger.pattern && !trigger.offset;
    case 'cron':
      return trigger.pattern === schedule.cron && trigger.tz === schedule.timezone && !trigger.every;
  }
}
