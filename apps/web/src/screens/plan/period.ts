/** How far back a plan's history looks, in days. */
export const PERIODS = [7, 30, 90, 365] as const;

const HOUR_MS = 3_600_000;

export function periodOf(value: unknown): number | undefined {
  return PERIODS.find((days) => days === Number(value));
}

/** To the hour, so that what was read stays what is asked for. */
export function sinceOf(days: number, nowMs = Date.now()): string {
  return new Date(Math.floor(nowMs / HOUR_MS) * HOUR_MS - days * 24 * HOUR_MS).toISOString();
}
