import type { AdminApiConfig } from '../config.js';
import { isLoopback } from '../config.js';

/** What of the configuration says who is let in. */
export interface AccessSettings {
  /** Whoever brings it may do everything; with it nothing is open. */
  readonly apiToken: string | undefined;
  /** The same for programs of this machine; by itself it closes nothing. */
  readonly serviceToken: string | undefined;
  /** Nobody but this machine reaches the API. */
  readonly onlyThisMachine: boolean;
  readonly sessionIdleMs: number;
  readonly sessionMs: number;
}

export const ACCESS_SETTINGS = Symbol('AccessSettings');

export function accessSettings(config: AdminApiConfig): AccessSettings {
  return {
    apiToken: config.API_TOKEN,
    serviceToken: config.API_SERVICE_TOKEN,
    onlyThisMachine: isLoopback(config.API_HOST),
    sessionIdleMs: config.SESSION_IDLE_MINUTES * 60_000,
    sessionMs: config.SESSION_HOURS * 3_600_000,
  };
}
