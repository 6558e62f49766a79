import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { RunEvent } from '@periodic-backup/contracts';
import { readJson, writeJson } from '@periodic-backup/local-files';

export type EndedEvent = Extract<RunEvent, { type: 'ended' | 'task-ended' }>;

const ENDING = '.json';

/** Reports of ended attempts, on disk until the queue has taken them: Redis or the agent may be away meanwhile. */
export class Outbox {
  constructor(private readonly directory: string) {}

  put(event: EndedEvent): void {
    writeJson(this.#fileOf(event), event);
  }

  has(runId: string, epoch: number): boolean {
    return readJson(this.#fileOf({ runId, epoch })) !== null;
  }

  remove(event: EndedEvent): void {
    rmSync(this.#fileOf(event), { force: true });
  }

  /** All that wait, oldest attempt first. What is damaged is dropped: the vault's word repairs it. */
  all(): EndedEvent[] {
    const events = readdirSync(this.directory)
      .filter((name) => name.endsWith(ENDING))
      .flatMap((name) => {
        const event = RunEvent.safeParse(readJson(join(this.directory, name))).data;
        if (event?.type === 'ended' || event?.type === 'task-ended') return event;
        rmSync(join(this.directory, name), { force: true });
        return [];
      });
    return events.sort((a, b) => a.epoch - b.epoch);
  }

  #fileOf({ runId, epoch }: { runId: string; epoch: number }): string {
    return join(this.directory, `${runId}.${epoch}${ENDING}`);
  }
}
