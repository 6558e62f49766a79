const SAME_PRESS_MS = 400;
const STOP_DEADLINE_MS = 20_000;
const EXIT_KILLED = 130;

/**
 * Fires at the first SIGINT, SIGTERM or SIGHUP, or when the process that started us is gone. A second one, or no end
 * within 20 s, kills everything and ends this process.
 */
export function stopOnSignals(kill: () => void): AbortSignal {
  const stop = new AbortController();
  let firstAtMs: number | undefined;
  const onStop = (): void => {
    if (firstAtMs === undefined) {
      firstAtMs = performance.now();
      setTimeout(giveUp, STOP_DEADLINE_MS).unref();
      stop.abort();
      return;
    }
    // One Ctrl-C arrives several times: from the terminal, from npm and from the starting script.
    if (performance.now() - firstAtMs > SAME_PRESS_MS) giveUp();
  };
  const giveUp = (): void => {
    kill();
    process.exit(EXIT_KILLED);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onStop);
  if (process.connected) process.on('disconnect', () => onStop());
  return stop.signal;
}
