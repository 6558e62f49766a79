import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJson, writeJson } from '@periodic-backup/local-files';

const Totals = z.object({ files: z.int().nonnegative(), bytes: z.int().nonnegative() });

/** Where an agent keeps what must outlive its process. Layout: `totals/`, `rules/`, `outbox/`, `sent/`, `restores/`. */
export class StateFolder {
  readonly rules: string;
  readonly outbox: string;
  readonly restores: string;
  readonly #totals: string;
  readonly #sent: string;

  private constructor(path: string) {
    this.rules = join(path, 'rules');
    this.outbox = join(path, 'outbox');
    this.restores = join(path, 'restores');
    this.#totals = join(path, 'totals');
    this.#sent = join(path, 'sent');
  }

  /** Makes what is missing. @throws the system's error */
  static open(path: string): StateFolder {
    const folder = new StateFolder(path);
    for (const directory of [folder.rules, folder.outbox, folder.restores, folder.#totals, folder.#sent])
      mkdirSync(directory, { recursive: true, mode: 0o700 });
    return folder;
  }

  /** Totals of the plan's last complete run: the estimate until the next run knows its own. */
  totalsOf(planId: string): z.infer<typeof Totals> | null {
    return Totals.safeParse(readJson(join(this.#totals, `${planId}.json`))).data ?? null;
  }

  saveTotals(planId: string, totals: z.infer<typeof Totals>): void {
    writeJson(join(this.#totals, `${planId}.json`), totals);
  }

  /** Bytes that earlier attempts of the plan's current run put on the wire. */
  sentBefore(planId: string, runId: string): number {
    const kept = SentBytes.safeParse(readJson(join(this.#sent, `${planId}.json`))).data;
    return kept?.runId === runId ? kept.bytes : 0;
  }

  saveSent(planId: string, runId: string, bytes: number): void {
    writeJson(join(this.#sent, `${planId}.json`), { runId, bytes });
  }
}

const SentBytes = z.object({ runId: z.uuid(), bytes: z.int().nonnegative() });
