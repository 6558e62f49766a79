import { useSyncExternalStore } from 'react';
import { serverNow } from './server-clock.js';
import { onEverySecond } from './ticker.js';

/** What `describe` makes of the present, again every second; draws again only when that changes. */
export function useOfNow<T extends string | number | boolean | null>(describe: (now: Date) => T): T {
  return useSyncExternalStore(onEverySecond, () => describe(serverNow()));
}
