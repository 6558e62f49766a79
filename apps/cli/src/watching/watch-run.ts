import { setTimeout as delay } from 'node:timers/promises';
import { followLiveEvents } from '@periodic-backup/api-client';
import { FINAL_RUN_STATES, type Run } from '@periodic-backup/contracts';
import { progressLine } from '@periodic-backup/terminal';
import type { CommandContext } from '../command-context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';

const LOOK_MS = 1_000;
const DEFAULT_COLUMNS = 80;

/** Follows a run to its end, with a line of progress on a terminal. Live events only say when to look. */
export async function watchRun(context: CommandContext, runId: string): Promise<Run> {
  const { api, err, signal } = context;
  const over = new AbortController();
  const stop = AbortSignal.any([signal, over.signal]);
  let look: () => void = () => undefined;
  let shown = false;
  const clear = (): void => {
    if (shown) err.write('\r\x1b[K');
    shown = false;
  };
  void followLiveEvents(
    api,
    stop,
    (event) => {
      if (event.runId !== runId) return;
      if (event.type === 'run') return look();
      if (!err.isTTY) return;
      const columns = (err.columns || DEFAULT_COLUMNS) - 1;
      err.write(`\r\x1b[K${progressLine('', event, columns).trimStart().slice(0, columns)}`);
      shown = true;
    },
    () => undefined,
  );
  try {
    for (let told = ''; ;) {
      signal.throwIfAborted();
      const run = await api.run(runId);
      if (run && isFinal(run)) return run;
      const waits = run?.state === 'waiting' ? (run.reason ?? '') : '';
      if (waits !== told && waits !== '') {
        clear();
        err.write(`Waiting: ${waits}\n`);
      }
      told = waits;
      const woken = new Promise<void>((resolve) => (look = resolve));
      await Promise.race([woken, delay(LOOK_MS, undefined, { signal }).catch(() => undefined)]);
    }
  } finally {
    over.abort();
    clear();
  }
}

export function isFinal(run: Run): boolean {
  return FINAL_RUN_STATES.some((state) => state === run.state);
}

/** What the end of a run means for a script. */
export function exitCodeOf(run: Run): ExitCode {
  if (run.state === 'committed') return EXIT.ok;
  if (run.state !== 'partial') return EXIT.failed;
  return run.kind === 'verify' ? EXIT.unsafe : EXIT.partial;
}
