import { Schedule } from '@periodic-backup/contracts';
import type { PlanTerms } from '@periodic-backup/ledger';
import type { RedisClient } from '@periodic-backup/platform';
import type { JobSchedulerJson, Queue } from 'bullmq';
import { eachOf } from '../runtime/each-of.js';

/** Beyond so many it is cheaper to read all triggers than one by one. */
const FEW = 500;
const PAGE = 500;
const INSTANTS_PAGE = 5_000;
const AT_ONCE = 8;
/** A trigger that was seen to fit is read again after so many looks: by then somebody else may have spoilt it. */
const LOOKS_UNTIL_READ_AGAIN = 180;

/**
 * Finds triggers that are not as their plans want them, in one look at when they are due next. What they say besides is
 * read once for each schedule, and now and then again.
 */
export class TriggerWatch {
  /** The schedule of a plan that its trigger was seen to fit. */
  readonly #fitted = new Map<string, string>();
  #look = 0;

  constructor(
    private readonly queue: Queue,
    private readonly redis: RedisClient,
    private readonly stuckMs: number,
  ) {}

  /** Ids of plans whose triggers are missing, stuck, wrong or not wanted. `plans`: all live ones. */
  async doubtful(plans: readonly PlanTerms[]): Promise<string[]> {
    const next = await this.#nextInstants();
    const oldest = Date.now() - this.stuckMs;
    const turn = this.#look++ % LOOKS_UNTIL_READ_AGAIN;
    const doubtful: string[] = [];
    const unread: PlanTerms[] = [];
    for (const [place, plan] of plans.entries()) {
      const at = next.get(plan.id);
      next.delete(plan.id);
      const isStanding = at !== undefined && at >= oldest;
      if (plan.paused ? at !== undefined : !isStanding) doubtful.push(plan.id);
      else if (plan.paused) continue;
      else if (this.#fitted.get(plan.id) !== plan.schedule || place % LOOKS_UNTIL_READ_AGAIN === turn)
        unread.push(plan);
    }
    this.#forgetOthers(plans);
    return [...doubtful, ...next.keys(), ...(await this.#misfits(unread))];
  }

  /** When each plan's trigger is due next. */
  async #nextInstants(): Promise<Map<string, number>> {
    const next = new Map<string, number>();
    for (let start = 0; ; start += INSTANTS_PAGE) {
      const page = await this.redis.zrange(
        this.queue.toKey('repeat'),
        `${start}`,
        `${start + INSTANTS_PAGE - 1}`,
        'WITHSCORES',
      );
      for (let place = 0; place < page.length; place += 2) next.set(page[place]!, Number(page[place + 1]));
      if (page.length < 2 * INSTANTS_PAGE) return next;
    }
  }

  async #misfits(plans: readonly PlanTerms[]): Promise<string[]> {
    const misfits: string[] = [];
    const all = plans.length > FEW ? await this.#all() : null;
    await eachOf(plans, AT_ONCE, async ({ id, schedule }) => {
      const trigger = all ? all.get(id) : await this.queue.getJobScheduler(id);
      if (trigger && fits(trigger, Schedule.parse(JSON.parse(schedule)))) this.#fitted.set(id, schedule);
      else misfits.push(id);
    });
    return misfits;
  }

  async #all(): Promise<Map<string, JobSchedulerJson>> {
    const all = new Map<string, JobSchedulerJson>();
    for (let start = 0; ; start += PAGE) {
      const page = await this.queue.getJobSchedulers(start, start + PAGE - 1, true);
      for (const trigger of page) all.set(trigger.key, trigger);
      if (page.length < PAGE) return all;
    }
  }

  #forgetOthers(plans: readonly PlanTerms[]): void {
    if (this.#fitted.size <= plans.length) return;
    const ids = new Set(plans.map(({ id }) => id));
    for (const id of this.#fitted.keys()) if (!ids.has(id)) this.#fitted.delete(id);
  }
}

/** Whether a trigger is due when the schedule is. */
export function fits(trigger: JobSchedulerJson, schedule: Schedule): boolean {
  switch (schedule.kind) {
    case 'every':
      return trigger.every === schedule.everySeconds * 1000 && !trigger.pattern && !trigger.offset;
    case 'cron':
      return trigger.pattern === schedule.cron && trigger.tz === schedule.timezone && !trigger.every;
  }
}
