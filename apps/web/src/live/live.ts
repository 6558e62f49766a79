import type { RunChanged, RunProgress } from '@periodic-backup/contracts/http';
import type { QueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { isFinal } from './final-states.js';
import { LiveConnection } from './live-connection.js';
import { ProgressStore } from './progress-store.js';
import { RunNews } from './run-news.js';
import { StaleData } from './stale-data.js';

const progress = new ProgressStore();
const news = new RunNews();
let stale: StaleData | undefined;

const connection = new LiveConnection({
  onProgress: (event) => progress.take(event),
  onRun: (event) => {
    if (isFinal(event.state)) progress.forget(event.runId);
    news.take(event);
    stale?.runChanged(event);
  },
  onResync: () => stale?.everything(),
});

/** From now on this tab follows what happens. */
export function followEvents(client: QueryClient): () => void {
  stale = new StaleData(client);
  connection.start();
  return () => connection.stop();
}

/** The latest progress of a run; null: none was heard lately. */
export function useProgress(runId: string): RunProgress | null {
  return useSyncExternalStore(progress.watch, () => progress.of(runId));
}

/** True while events come. */
export function useConnected(): boolean {
  return useSyncExternalStore(connection.watch, () => connection.state.connected);
}

/** Seconds since the last word of the server, null before the first. */
export function silentSeconds(): number | null {
  const { heardAtMs } = connection.state;
  return heardAtMs === null ? null : Math.floor((performance.now() - heardAtMs) / 1000);
}

/** Calls `listener` for each change of a run from now on. */
export function onRunChanged(listener: (change: RunChanged) => void): () => void {
  return news.watch(listener);
}
