import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Receipt, RunCounts, RunOrder, RunProblem } from '@periodic-backup/contracts';
import { z } from 'zod';
import { readJson, writeJson } from '@periodic-backup/local-files';

/** A run that is committed while its after-transmit rule may not be finished. */
export const PendingRule = z.object({
  order: RunOrder,
  receipt: Receipt,
  counts: RunCounts,
  problems: z.array(RunProblem),
});
export type PendingRule = z.infer<typeof PendingRule>;

const LIST = '.list';
const RECEIPT = '.receipt.json';

/**
 * Lists of transmitted files and the receipts that allow to act on them. A list without a receipt allows nothing;
 * both stay until the rule is finished, so that a crash in between loses neither.
 */
export class PendingRules {
  constructor(private readonly directory: string) {}

  /** Where the list of a run's transmitted files is written. */
  listOf(order: RunOrder): string {
    return join(this.directory, `${order.planId}.${order.runId}${LIST}`);
  }

  hasList(order: RunOrder): boolean {
    return existsSync(this.listOf(order));
  }

  find(order: RunOrder): PendingRule | null {
    return PendingRule.safeParse(readJson(this.#receiptOf(order))).data ?? null;
  }

  /** From here on the rule is applied, now or after a crash. */
  store(rule: PendingRule): void {
    writeJson(this.#receiptOf(rule.order), rule);
  }

  /** The rule is finished. */
  remove(order: RunOrder): void {
    rmSync(this.#receiptOf(order), { force: true });
    rmSync(this.listOf(order), { force: true });
  }

  /** All that is to be finished. */
  all(): PendingRule[] {
    return readdirSync(this.directory)
      .filter((name) => name.endsWith(RECEIPT))
      .flatMap((name) => PendingRule.safeParse(readJson(join(this.directory, name))).data ?? []);
  }

  /** Drops lists of the plan's other runs that never got a receipt: their files are part of this run again. */
  dropOthers(order: RunOrder): void {
    const names = new Set(readdirSync(this.directory));
    for (const name of names) {
      const run = /^([0-9a-f-]{36}\.[0-9a-f-]{36})\.list(?:\.part)?$/.exec(name)?.[1];
      if (!run?.startsWith(`${order.planId}.`) || run.endsWith(`.${order.runId}`)) continue;
      if (!names.has(`${run}${RECEIPT}`)) rmSync(join(this.directory, name), { force: true });
    }
  }

  #receiptOf(order: RunOrder): string {
    return join(this.directory, `${order.planId}.${order.runId}${RECEIPT}`);
  }
}
