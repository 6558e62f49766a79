import type { RunState } from '@periodic-backup/contracts/http';

/** True once nothing more will happen to a run. Spelled out: the list of contracts would bring its schemas along. */
export function isFinal(state: RunState): boolean {
  switch (state) {
    case 'waiting':
    case 'queued':
    case 'running':
      return false;
    case 'committed':
    case 'partial':
    case 'failed':
    case 'cancelled':
    case 'missed':
      return true;
  }
}
